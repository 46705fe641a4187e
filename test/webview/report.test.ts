import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "../../src/core/index.ts";
import { simulate } from "../../src/core/run.ts";
import type { Outcome } from "../../src/report/outcome.ts";
import { reportPage } from "../../src/report/page.ts";
import { launchBrowser } from "../../tools/editor/browser.mjs";
import { show } from "./editor.ts";
import { hostile } from "../hostile.ts";
import { renamed } from "./hostile-names.ts";
import { panels } from "./opened-panel.ts";
import { orderFlow } from "./order-flow.ts";
import { reportParts } from "./page.ts";
import { shownNumbers } from "./shown-numbers.ts";

const { open } = panels();
let browser: Browser;
let folder: string;
let parts: Awaited<ReturnType<typeof reportParts>>;
const text = "topology: 1\nname: Order flow\n".padEnd(3_000, "# the file that was run\n");

beforeAll(async () => {
  [browser, parts, folder] = await Promise.all([
    launchBrowser(),
    reportParts(),
    mkdtemp(join(tmpdir(), "brokerlab-report-")),
  ]);
});
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

interface OpenedReport {
  readonly page: Page;
  /** Errors of the page, what its policy refused, and what it asked for besides itself. */
  readonly troubles: string[];
}

/** Opens the report from disk in a window of a browser that reaches no network at all. */
async function openReport(outcome: Outcome, dark = true, language = "en-US"): Promise<OpenedReport> {
  const file = join(folder, "run.html");
  await writeFile(file, await reportPage(outcome, parts));
  const context = await browser.newContext({
    offline: true,
    locale: "en-US",
    colorScheme: dark ? "dark" : "light",
    viewport: { width: 1280, height: 900 },
  });
  const page = await context.newPage();
  await page.addInitScript((named) => {
    Object.defineProperty(Navigator.prototype, "language", { get: () => named });
  }, language);
  const troubles: string[] = [];
  page.on("pageerror", ({ message }) => troubles.push(message));
  page.on("console", (message) => {
    if (message.type() === "error") troubles.push(message.text());
  });
  page.on("request", (request) => {
    const url = request.url();
    if (url !== pathToFileURL(file).href && !/^(blob|data):/.test(url)) troubles.push(`asked for ${url}`);
  });
  await page.goto(pathToFileURL(file).href);
  await page.waitForSelector("main .node");
  return { page, troubles };
}

function run(name: string): Promise<Outcome> {
  const uri = new URL(`../../examples/${name}.topology.yaml`, import.meta.url);
  return readFile(uri, "utf8").then((source) => ({
    uri: uri.href,
    text: source,
    wallMs: 12,
    result: simulate(parse(source).topology),
  }));
}

test("a report from disk, without a network, shows what the panel shows", async () => {
  const outcome = await run("hybrid");
  const { page, troubles } = await openReport(outcome);
  const panel = await open();
  await show(panel, outcome.result);
  const [there, here] = await Promise.all([shownNumbers(panel), shownNumbers(page)]);
  expect(there.size).toBeGreaterThan(100);
  expect(here).toEqual(there);
  const texts = (of: Page): Promise<string[]> =>
    of.locator(".node").evaluateAll((nodes) => nodes.map((node) => node.getAttribute("aria-label") ?? ""));
  expect(await texts(page)).toEqual(await texts(panel));
  await page.waitForFunction(() => document.querySelectorAll(".plot canvas").length === 2);
  expect(troubles).toEqual([]);
  await page.context().close();
});

test("it opens where the browser's language is none, as in the POSIX locale", async () => {
  const { page, troubles } = await openReport(await run("hybrid"), true, "en-US@posix");
  await page.waitForFunction(() => document.querySelectorAll(".plot canvas").length === 2);
  expect(troubles).toEqual([]);
  await page.context().close();
});

test("it plays the run back, and shows messages and places of the file", async () => {
  const outcome = await run("hybrid");
  const { page, troubles } = await openReport(outcome, false);
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await page.waitForFunction(() => !document.querySelector(".now")?.textContent?.includes("whole run"));
  await page.getByRole("button", { name: "Pause" }).click();
  await page.waitForSelector(".messages [role=row]");
  const { graph } = outcome.result;
  const node = graph.nodes.find(({ kind }) => kind === "queue")!;
  await page.locator(`[data-node="${node.id}"]`).press("Enter");
  expect(await page.locator(".source mark").textContent()).toBe(node.name);
  expect(await page.getByRole("button", { name: "Run again" }).count()).toBe(0);
  expect(troubles).toEqual([]);
  await page.context().close();
});

test.each(hostile)("names of %s stay text in a report", async (_, name) => {
  const result = renamed(orderFlow(), name);
  const outcome = { uri: `file:///${encodeURIComponent(name("file"))}`, text: name(text), wallMs: 1, result };
  const html = await reportPage(outcome, parts);
  expect(html).not.toContain("onerror");
  const { page, troubles } = await openReport(outcome);
  expect(await page.locator(".node").count()).toBe(result.graph.nodes.length);
  expect(await page.evaluate(() => [window.hacked, document.images.length])).toEqual([undefined, 0]);
  expect(troubles).toEqual([]);
  await page.context().close();
});

test("a script that somebody adds to a report does not run", async () => {
  const result = orderFlow();
  const { page, troubles } = await openReport({ uri: "file:///a.yaml", text, wallMs: 1, result });
  await page.evaluate(() => {
    setTimeout(() => {
      const script = document.createElement("script");
      script.textContent = "window.hacked = true";
      document.body.append(script);
      void fetch("https://example.org/").catch(() => undefined);
    });
  });
  await expect.poll(() => troubles.length, { timeout: 30_000 }).toBeGreaterThan(1);
  expect(troubles.join()).toContain("Content Security Policy");
  expect(await page.evaluate(() => window.hacked)).toBeUndefined();
  await page.context().close();
});

test("no part of a report can end the element that carries it", () => {
  for (const part of Object.values(parts)) expect(part).not.toMatch(/<!--|<\/(script|style)/i);
});
