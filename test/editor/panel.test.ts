import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PNG } from "pngjs";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { upToDatePackage } from "../../scripts/package.mjs";
import { parse } from "../../src/core/index.ts";
import { simulate, summaryText } from "../../src/core/run.ts";
import { messagesCsv, seriesCsv } from "../../src/report/csv.ts";
import { mermaid } from "../../src/report/mermaid.ts";
import { openPackaged } from "../../tools/editor/packaged.mjs";
import { command, goTo, openFile, resultsPanel } from "../../tools/editor/person.mjs";
import { audit } from "../audit.ts";

/** Both models, a fault, messages that fail and some that no queue takes. */
const text = `topology: 1
name: Watched
kafka:
  topics:
    order-events: {partitions: 2}
rabbitmq:
  exchanges:
    orders: {type: topic}
  queues:
    payment: {}
  bindings:
    - {source: orders, destination: payment, routing_key: "order.placed.#"}
producers:
  checkout: {topic: order-events, rate: 20/s, key: {values: 20}}
  shop: {exchange: orders, rate: 20/s, routing_key: {order.placed.eu: 3, order.audit: 1}}
consumers:
  fraud: {topic: order-events, group: fraud, processing: {exponential: 20ms}}
  payments: {queue: payment, instances: 2, prefetch: 2, processing: 60ms, failures: 5%}
timeline:
  - {at: 5s, crash: {consumer: payments, instance: 2}}
  - {at: 8s, start: {consumer: payments, instance: 2}}
run: {duration: 20s, seed: 3}
`;
const name = "watched.topology.yaml";

let temporary: string;
let editor: Awaited<ReturnType<typeof openPackaged>>;
let page: Page;

beforeAll(async () => {
  temporary = await realpath(await mkdtemp(join(tmpdir(), "brokerlab-watched-")));
  await writeFile(join(temporary, name), text);
  const { file } = await upToDatePackage();
  const viewport = { width: 1800, height: 1100 };
  editor = await openPackaged({ vsix: file, folder: temporary, context: { viewport } });
  page = editor.page;
  await openFile(page, name);
  await page.keyboard.press("Control+B");
  await command(page, "BrokerLab: Run Simulation");
  await panel().locator(".totals").waitFor();
  await node("queue:payment").waitFor();
}, 300_000);

afterAll(async () => {
  await editor?.close();
  await rm(temporary, { recursive: true, force: true });
});

const panel = () => resultsPanel(page);
const node = (id: string): Locator => panel().locator(`[data-node="${id}"]`);
const poll = <T>(of: () => Promise<T>) => expect.poll(of, { timeout: 30_000 });
const said = async (of: Locator): Promise<string> => (await of.innerText()).replaceAll("\u202f", " ");

/** The line that this text stands on, from 1. */
const lineOf = (part: string): number => text.slice(0, text.indexOf(part)).split("\n").length;

/** The editor's selection is on that line, that many letters long. */
const selected = (line: number, letters: number): Promise<void> =>
  page
    .locator(".statusbar-item")
    .filter({ hasText: new RegExp(`Ln ${line}, Col \\d+ \\(${letters} selected\\)`) })
    .waitFor();

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a part of the panel stands in the window, scrolled into it. */
async function boxOf(of: Locator): Promise<Box> {
  await of.scrollIntoViewIfNeeded();
  return (await of.boundingBox())!;
}

async function pointAt(of: Locator, across: number): Promise<void> {
  const { x, y, width, height } = await boxOf(of);
  await page.mouse.move(x + width * across, y + height / 2, { steps: 4 });
}

async function clickAt(of: Locator, across: number): Promise<void> {
  await pointAt(of, across);
  await page.mouse.down();
  await page.mouse.up();
}

async function drag(of: Locator, from: number, to: number): Promise<void> {
  await pointAt(of, from);
  await page.mouse.down();
  await pointAt(of, to);
  await page.mouse.up();
}

test("a click on a node selects its name in the file, and so does Enter", async () => {
  await node("queue:payment").click();
  await selected(lineOf("payment: {}"), "payment".length);
  await node("topic:order-events").focus();
  await page.keyboard.press("Enter");
  await selected(lineOf("order-events: {"), "order-events".length);
});

test("the cursor on a queue marks it in the diagram, and on a topic that one", async () => {
  for (const [at, id] of [
    ["payment: {}", "queue:payment"],
    ["order-events: {partitions", "topic:order-events"],
    ["queue: payment", "consumer:payments"],
  ] as const) {
    await goTo(page, lineOf(at), 8);
    await node(id).and(panel().locator(".here")).waitFor();
    expect(await panel().locator(".node.here").count()).toBe(1);
  }
});

test("the diagram is zoomed, moved and fitted by keys, buttons and a drag", async () => {
  const drawing = panel().locator(".stage svg");
  const view = async (): Promise<string> => (await drawing.locator("> g").getAttribute("transform")) ?? "";
  const scale = async (): Promise<number> => Number(/scale\(([\d.]+)/.exec(await view())?.[1]);
  const whole = await view();
  const once = await scale();
  await drawing.focus();
  await page.keyboard.press("+");
  await poll(scale).toBeCloseTo(once * 1.25, 5);
  await page.keyboard.press("-");
  await poll(scale).toBeCloseTo(once, 5);
  await page.keyboard.press("ArrowLeft");
  await poll(view).not.toBe(whole);
  await page.keyboard.press("0");
  await poll(view).toBe(whole);
  await panel().getByRole("button", { name: "Zoom in" }).click();
  await poll(scale).toBeCloseTo(once * 1.25, 5);
  const zoomed = await view();
  await drag(drawing, 0.98, 0.9);
  await poll(view).not.toBe(zoomed);
  await panel().getByRole("button", { name: "fit" }).click();
  await poll(view).toBe(whole);
});

test("the diagram follows what is typed without a run, and comes back with it", async () => {
  const line = lineOf("payment: {}");
  await page.getByRole("tab", { name }).click();
  await goTo(page, line, "    payment: {}".length + 1);
  await page.keyboard.press("Enter");
  await page.keyboard.type("audit: {}");
  await node("queue:audit").getByText("new").waitFor();
  await page.keyboard.press("Escape");
  await panel().getByText("The file has changed since this run").waitFor();
  while (await node("queue:audit").isVisible()) {
    await page.keyboard.press("Control+Z");
    await node("queue:audit")
      .waitFor({ state: "detached", timeout: 5_000 })
      .catch(() => undefined);
  }
  await panel().getByText("The file has changed since this run").waitFor({ state: "detached" });
});

const now = (): Promise<string> => said(panel().locator(".playback .now"));
const slider = () => panel().getByRole("slider", { name: "Time" });
/** What is shown before and after so many frames of the panel that a time which plays has moved on. */
const overFrames = (): Promise<readonly [before: string | null, after: string | null]> =>
  panel()
    .locator(".playback .now")
    .evaluate(async (shown) => {
      const before = shown.textContent;
      for (let frame = 0; frame < 30; frame++)
        await new Promise<number>((drawn) => void requestAnimationFrame(drawn));
      return [before, shown.textContent] as const;
    });

test("the mouse plays, pauses, steps, sets the speed, drags the time line and jumps to a fault", async () => {
  expect(await now()).toBe("whole run");
  await panel().getByRole("button", { name: "On to the next event" }).click();
  await poll(now).toBe("5 s");
  expect(await said(panel().locator(".playback .last"))).toContain("crashed");
  await node("consumer:payments").getByText("✕ crashed").waitFor();
  await panel().getByLabel("Speed").selectOption("⅒×");
  await panel().getByRole("button", { name: "Play", exact: true }).click();
  await poll(now).not.toBe("5 s");
  await panel().getByRole("button", { name: "Pause" }).click();
  await panel().getByRole("button", { name: "Play", exact: true }).waitFor();
  await poll(async () => new Set(await overFrames()).size).toBe(1);
  await drag(slider(), 0.25, 0.75);
  await poll(now).toMatch(/^1[45](\.\d+)? s$/);
  const events = panel().getByRole("region", { name: "Events" });
  await events.getByRole("listitem").filter({ hasText: "started" }).getByTitle("Go to that time").click();
  await poll(now).toBe("8 s");
  await panel().getByRole("button", { name: "whole run" }).click();
  await poll(now).toBe("whole run");
});

test("and so do the keys", async () => {
  await slider().focus();
  await page.keyboard.press("Escape");
  await poll(now).toBe("whole run");
  await page.keyboard.press("n");
  await poll(now).toBe("5 s");
  const last = (): Promise<string> => said(panel().locator(".playback .last"));
  await poll(last).toContain("crashed");
  // What it had unacknowledged goes back at once.
  await page.keyboard.press("n");
  await poll(last).not.toContain("crashed");
  await page.keyboard.press("n");
  await poll(now).toBe("8 s");
  await page.keyboard.press("p");
  await poll(now).toBe("5 s");
  await page.keyboard.press("ArrowRight");
  await poll(now).toBe("5.02 s");
  await page.keyboard.press("Space");
  await panel().getByRole("button", { name: "Pause" }).waitFor();
  await poll(now).not.toBe("5.02 s");
  await page.keyboard.press("Space");
  await panel().getByRole("button", { name: "Play", exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await poll(now).toBe("whole run");
});

test("one cursor rules both charts; a click there moves the playback, a drag zooms, keys do both", async () => {
  const plot = panel().locator(".u-over").first();
  const heads = panel().locator(".legend thead th:first-child");
  const under = async (): Promise<string[]> =>
    (await heads.allInnerTexts()).map((head) => head.replaceAll("\u202f", " "));
  const seconds = async (): Promise<number> => Number(/^([\d.]+) s$/.exec(await now())?.[1]);
  await pointAt(plot, 0.5);
  await poll(under).toEqual([expect.stringMatching(/^at (9\.9|10)/), expect.stringMatching(/^at (9\.9|10)/)]);
  await clickAt(plot, 0.5);
  await poll(seconds).toBeGreaterThan(9.8);
  expect(await seconds()).toBeLessThan(10.2);
  await drag(plot, 0.5, 0.75);
  await poll(async () => {
    await clickAt(plot, 0.5);
    return seconds();
  }).toBeGreaterThan(12);
  expect(await seconds()).toBeLessThan(13);
  await plot.dblclick();
  await poll(async () => {
    await clickAt(plot, 0.25);
    return seconds();
  }).toBeLessThan(6);
  const area = panel().locator(".plot").first();
  await area.focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await poll(seconds).toBeGreaterThan(19);
  await page.keyboard.press("Home");
  await page.keyboard.press("+");
  await page.keyboard.press("0");
  await page.keyboard.press("Enter");
  await poll(now).toMatch(/ms$/);
});

test("messages are filtered; one tells its journey and leads to the line behind it", async () => {
  const messages = panel().getByRole("region", { name: "Messages", exact: true });
  const rows = messages.getByRole("row");
  await messages.locator("label", { hasText: "did not arrive" }).click();
  await poll(() => rows.nth(1).innerText()).toContain("unroutable");
  await rows.nth(1).click();
  const journey = messages.getByRole("region", { name: /^Journey of message/ });
  const step = journey.getByRole("listitem").filter({ hasText: /matches none|no queue/ });
  await step.getByRole("button").first().click();
  await selected(lineOf("orders: {type"), "orders".length);
  const first = await said(journey.getByRole("heading"));
  await messages.getByRole("grid").focus();
  await page.keyboard.press("ArrowDown");
  await poll(() => said(journey.getByRole("heading"))).not.toBe(first);
  const [number = ""] = first.match(/\d+/) ?? [];
  await messages.getByRole("searchbox").fill(number);
  await poll(() => rows.count()).toBe(2);
  expect(await said(rows.nth(1))).toMatch(new RegExp(`^${number}\\b`));
});

/** Chooses a form to save the run in, and takes the file that the editor proposes. */
async function saved<T>(title: string, file: string, read: (content: Buffer) => T): Promise<T> {
  await panel().locator(".take summary").click();
  await panel().getByRole("button", { name: title, exact: true }).click();
  return accepted(file, read);
}

/** What `read` makes of the file; it throws as long as a part of it is not there yet. */
async function accepted<T>(file: string, read: (content: Buffer) => T): Promise<T> {
  const input = page.locator(".quick-input-widget input.input");
  await poll(() => input.inputValue()).toMatch(new RegExp(`${file.replaceAll(".", "\\.")}$`));
  await input.press("Enter");
  await input.waitFor({ state: "hidden" });
  const path = join(editor.workspace, file);
  return vi.waitFor(async () => read(await readFile(path)), { timeout: 30_000 });
}

const reads = (text: string) => (content: Buffer) => expect(String(content)).toBe(text);
const matches = (form: RegExp) => (content: Buffer) => expect(String(content)).toMatch(form);

test("each form of Save as is a file on the disk", async () => {
  const result = simulate(parse(text).topology);
  // The first one by keys.
  await panel().locator(".take summary").focus();
  for (const key of ["Enter", "Tab", "Enter"]) await page.keyboard.press(key);
  await accepted("watched.html", matches(/^<!doctype html>[^]*<\/html>\s*$/i));
  await saved("Figures (JSON)", "watched.json", reads(summaryText(result.summary)));
  await saved("Charts' data (CSV)", "watched-series.csv", reads(seriesCsv(result)));
  await saved("Messages (CSV)", "watched-messages.csv", reads(messagesCsv(result)));
  await saved("Topology (Mermaid)", "watched.mmd", reads(mermaid(result.graph)));
  const svg = /<svg[^]*order-events[^]*<\/svg>\s*$/;
  await saved("Diagram (SVG)", "watched-diagram.svg", matches(svg));
  const png = await saved("Charts (PNG)", "watched-charts.png", (content) => PNG.sync.read(content));
  expect(png.width).toBeGreaterThan(500);
  await saved("Both models (SVG)", "watched-models.svg", matches(/<svg[^]*payment[^]*<\/svg>\s*$/));
}, 300_000);

test.each(["Default Light Modern", "Default Dark Modern", "Default High Contrast"])(
  "axe-core finds nothing wrong with the panel in %s",
  async (theme) => {
    await mkdir(join(editor.workspace, ".vscode"), { recursive: true });
    const settings = JSON.stringify({ "workbench.colorTheme": theme });
    await writeFile(join(editor.workspace, ".vscode/settings.json"), settings);
    const body = panel().locator("body");
    // Older ones are named with the word before, newer ones without.
    const named = new RegExp(`${theme.replace("Default ", "")}$`);
    await poll(() => body.getAttribute("data-vscode-theme-id")).toMatch(named);
    const frame = await (await body.elementHandle())!.ownerFrame();
    expect(await audit(frame!)).toEqual([]);
  },
);
