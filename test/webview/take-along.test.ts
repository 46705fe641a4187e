import { writeFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { format } from "../../src/webview/shared/format.ts";
import { show } from "./editor.ts";
import { hostile } from "../hostile.ts";
import { renamed } from "./hostile-names.ts";
import { panels } from "./opened-panel.ts";
import { orderFlow } from "./order-flow.ts";

const { open } = panels();
const uri = "file:///examples/order-flow.topology.yaml";

async function choose(page: Page, title: string): Promise<void> {
  await page.locator(".take summary").click();
  await page.getByRole("button", { name: title }).click();
}

/** The picture that the panel hands to the host, as text of one character a byte. */
async function taken(page: Page, title: string): Promise<string> {
  await choose(page, title);
  await page.waitForFunction(() => window.posted.at(-1)?.type === "picture");
  const bytes = await page.evaluate(() => {
    const last = window.posted.pop();
    return last?.type === "picture" ? Array.from(last.bytes) : [];
  });
  const folder = process.env["BROKERLAB_PICTURES"];
  if (folder !== undefined)
    await writeFile(`${folder}/${title}.${/\((\w+)/.exec(title)?.[1]}`, Buffer.from(bytes));
  return Buffer.from(bytes).toString(title.includes("SVG") ? "utf8" : "latin1");
}

test.each([
  ["Report (HTML)", "report"],
  ["Figures (JSON)", "json"],
  ["Charts' data (CSV)", "series"],
  ["Messages (CSV)", "messages"],
  ["Topology (Mermaid)", "mermaid"],
])("%s is asked of the host", async (title, form) => {
  const page = await open();
  await show(page, orderFlow());
  await choose(page, title);
  expect(await page.evaluate(() => window.posted.at(-1))).toEqual({ type: "take", uri, form });
  expect(await page.locator(".take").getAttribute("open")).toBeNull();
});

test.each(["vscode-dark", "vscode-light"])(
  "the diagram as SVG stands alone, in the colors of %s",
  async (theme) => {
    const page = await open({ theme });
    await show(page, orderFlow());
    await page.getByRole("button", { name: "Zoom in" }).click();
    const svg = await taken(page, "Diagram (SVG)");
    for (const { name } of orderFlow().graph.nodes) expect(svg).toContain(name);
    expect(svg).not.toMatch(/var\(|color-mix|class=|style=|<script/);
    const drawn = await page.evaluate((text) => {
      const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
      const { width, height } = parsed.documentElement.getBoundingClientRect();
      return {
        errors: parsed.querySelectorAll("parsererror").length,
        paths: parsed.querySelectorAll("path").length,
        root: parsed.documentElement.localName,
        size: [width, height],
      };
    }, svg);
    expect(drawn).toMatchObject({ errors: 0, root: "svg" });
    expect(drawn.paths).toBeGreaterThan(orderFlow().graph.edges.length);
    // Whole, however far the page is zoomed in.
    expect(svg).toContain('fill="none"');
  },
);

test("charts as SVG have their lines, axes and legends", async () => {
  const page = await open();
  await show(page, orderFlow());
  await page.getByRole("radio", { name: "unacked" }).check();
  const svg = await taken(page, "Charts (SVG)");
  expect(svg).toContain(">unacked<");
  expect(svg).toContain(">latency<");
  expect(svg).not.toContain(">lag<");
  for (const name of ["payment", "receipts"]) expect(svg).toContain(`>${name}<`);
});

test("both models stand beside each other in one picture, with the figures that they are compared by", async () => {
  const page = await open();
  await show(page, orderFlow());
  const svg = await taken(page, "Both models (SVG)");
  expect(svg).not.toMatch(/var\(|color-mix|class=|style=|<script/);
  const texts = await page.evaluate((text) => {
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
    const width = Number(parsed.documentElement.getAttribute("width"));
    return Array.from(parsed.querySelectorAll("text"), (one) => {
      let x = Number(one.getAttribute("x"));
      for (let at = one.parentElement; at; at = at.parentElement)
        x += Number(/translate\(([-\d.]+)/.exec(at.getAttribute("transform") ?? "")?.[1] ?? 0);
      return { text: one.textContent, left: x < width / 2 };
    });
  }, svg);
  const sides = (left: boolean): readonly string[] =>
    texts.filter((one) => one.left === left).map(({ text }) => text);
  expect(sides(true)).toEqual(expect.arrayContaining(["Log (Kafka)", "order-events", "fraud", "profiles"]));
  expect(sides(false)).toEqual(expect.arrayContaining(["Queues (RabbitMQ)", "orders", "payment", "repairs"]));
  expect(sides(true)).not.toContain("payment");
  // The log's p99 and the queues', the slowest consumer's of each.
  const { fraud, payments } = orderFlow().summary.consumers;
  const after = (left: boolean): string =>
    sides(left)[sides(left).indexOf("latency p99, slowest consumer") + 1]!;
  expect(after(true)).toBe(format(fraud!.latency.p99, "duration"));
  expect(after(false)).toBe(format(payments!.latency.p99, "duration"));
});

test("a file of one model has no picture of both", async () => {
  const page = await open();
  const { nodes, edges } = orderFlow().graph;
  const own = nodes.filter(({ kind }) => kind === "exchange" || kind === "queue");
  await show(page, { ...orderFlow(), graph: { nodes: own, edges } });
  await page.locator(".take summary").click();
  await page.getByRole("button", { name: "Diagram (PNG)" }).waitFor();
  expect(await page.getByRole("button", { name: /Both models/ }).count()).toBe(0);
});

test.each(["Diagram (PNG)", "Charts (PNG)", "Both models (PNG)"])(
  "%s is a picture of pixels that is not blank",
  async (title) => {
    const page = await open();
    await show(page, orderFlow());
    const png = await taken(page, title);
    expect(png.slice(0, 4)).toBe("\x89PNG");
    expect(png.length).toBeGreaterThan(8_000);
  },
);

test.each(hostile)("names of %s stay texts of a well-formed picture", async (_, name) => {
  const page = await open();
  await show(page, renamed(orderFlow(), name));
  for (const title of ["Diagram (SVG)", "Charts (SVG)", "Both models (SVG)"]) {
    const svg = await taken(page, title);
    const found = await page.evaluate((text) => {
      const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
      return parsed.querySelectorAll("parsererror, script, image, img, foreignObject").length;
    }, svg);
    expect(found).toBe(0);
  }
  expect(await page.evaluate(() => window.violations)).toEqual([]);
});

test("the menu opens and closes by the keyboard", async () => {
  const page = await open();
  await show(page, orderFlow());
  await page.locator(".take summary").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Report (HTML)" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Report (HTML)" }).waitFor({ state: "hidden" });
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("SUMMARY");
});
