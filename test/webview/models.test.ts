import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { audit } from "../audit.ts";
import { hostile, namedFile } from "../hostile.ts";
import { send, show } from "./editor.ts";
import { panels } from "./opened-panel.ts";
import { both, orders } from "./two-models.ts";
import { uri } from "./two-runs.ts";

const { open } = panels();

const shown = both(orders);
const flat = (text: string): string => text.replaceAll(/\s+/g, " ").trim();
const region = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

async function compare(page: Page): Promise<void> {
  await show(page, shown.result, { uri });
  await page.getByRole("button", { name: "Compare models" }).click();
  expect(await page.evaluate(() => window.posted.at(-1))).toEqual({ type: "compareModels", uri });
  await send(page, { type: "running", file: "orders in the other model", share: 0.5 });
  await page.getByRole("progressbar").waitFor();
  await send(page, shown.models);
  await page.waitForSelector(".both tbody tr");
}

test.each(["vscode-dark", "vscode-light", "vscode-high-contrast", "vscode-high-contrast-light"])(
  "the file and the other model stand side by side, in %s",
  async (theme) => {
    const page = await open({ theme });
    await compare(page);
    expect(await page.getByRole("progressbar").count()).toBe(0);
    const heads = (await page.locator(".both thead th").allInnerTexts()).map(flat);
    expect(heads).toEqual(expect.arrayContaining(["queues (RabbitMQ)", "log (Kafka)"]));
    const rows = (await page.locator(".both tbody tr").allInnerTexts()).map(flat);
    expect(rows[0]).toBe("the whole run");
    expect(rows[1]).toMatch(/^sent ([\d,]+) \1$/);
    expect(rows.join("\n")).toMatch(/consumer payment\nprocessed [\d,]+ [\d,]+\nlatency p50 .* worse\n/);
    const notes = (await region(page, "What has no equal").locator("li").allInnerTexts()).map(flat);
    expect(notes.join("\n")).toMatch(/producers\.shop The window of its confirms is left out/);
    const folder = process.env["BROKERLAB_PICTURES"];
    if (folder !== undefined) await page.screenshot({ path: `${folder}/models-${theme}.png` });
    expect(await page.evaluate(() => window.violations)).toEqual([]);
  },
);

test("all of it goes by the keyboard, and who hears the page is brought to it", async () => {
  const page = await open();
  await show(page, shown.result, { uri });
  await page.getByRole("button", { name: "Compare models" }).focus();
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => window.posted.at(-1)?.type)).toBe("compareModels");
  await send(page, shown.models);
  await page.waitForSelector(".both tbody tr");
  const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? "");
  expect(await focused()).toBe("The same workload in both models");
  await page.keyboard.press("Tab");
  expect(await focused()).toBe("Open the other file");
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => window.posted.at(-1))).toEqual({ type: "openOther", uri });
  const [note] = shown.models.notes;
  await region(page, "What has no equal").getByRole("button").first().focus();
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => window.posted.at(-1))).toEqual({
    type: "reveal",
    uri,
    start: note!.span.start,
    end: note!.span.end,
  });
  await page.getByRole("button", { name: "Close" }).focus();
  await page.keyboard.press("Enter");
  expect(await page.locator(".both").count()).toBe(0);
  await send(page, { ...shown.models });
  await page.waitForSelector(".both tbody tr");
});

test("what stands between backticks is code", async () => {
  const page = await open();
  await show(page, shown.result, { uri });
  const [note] = shown.models.notes;
  const says = "`client` is Kafka's own, left out; a lone ` stays.";
  await send(page, { ...shown.models, notes: [{ ...note!, says }] });
  const item = region(page, "What has no equal").locator("li");
  expect(flat(await item.innerText())).toMatch(/ client is Kafka's own, left out; a lone ` stays\.$/);
  expect(await item.locator("code").allInnerTexts()).toEqual(["client"]);
});

test("of several runs each figure has its interval, and a sentence says which differences are beyond chance", async () => {
  const page = await open({ theme: "vscode-light" });
  const { result, models } = both(orders.replace("seed: 7}", "seed: 7, repeat: 5}"));
  await show(page, result, { uri });
  await send(page, models);
  await page.waitForSelector(".both tbody tr");
  const rows = (await page.locator(".both tbody tr").allInnerTexts()).map(flat);
  expect(rows.find((row) => row.startsWith("latency p99"))).toMatch(/^latency p99 .* ±.* ±.* worse$/);
  const sentence = flat(await page.locator(".both .chance").innerText());
  expect(sentence).toMatch(
    /^Means of 5 runs of each, with the same seeds, and their 95 % intervals\. Beyond chance, the other model is .*worse in .*latency p50 of payment/,
  );
  const unsure = rows.filter((row) => row.endsWith("may be chance")).length;
  if (unsure > 0) expect(sentence).toMatch(new RegExp(` ${unsure} differences? may be chance\\.$`));
  else expect(sentence).not.toContain("may be chance");
  expect(await audit(page)).toEqual([]);
  // In a narrow panel names break between words: none stands letter below letter.
  await page.setViewportSize({ width: 400, height: 800 });
  await page.waitForFunction(() => innerWidth === 400);
  const heights = await page
    .locator(".both tbody th[scope=row]")
    .evaluateAll((heads) => heads.map((head) => head.getBoundingClientRect().height));
  expect(Math.max(...heights)).toBeLessThan(100);
});

test("of one run each the sentence says how to learn what is chance", async () => {
  const page = await open();
  await compare(page);
  expect(flat(await page.locator(".both .chance").innerText())).toBe(
    "One run of each, with seed 7: with other seeds small differences may turn. run: {repeat: 10} tells which of them are chance.",
  );
});

test("the next run takes it away, and what is told of another file is not shown", async () => {
  const page = await open();
  await compare(page);
  await show(page, shown.result, { uri });
  await page.locator(".both").waitFor({ state: "detached" });
  await send(page, { ...shown.models, uri: "file:///other.topology.yaml" });
  await page.waitForSelector(".charts .legend");
  expect(await page.locator(".both").count()).toBe(0);
});

test.each(hostile)("names of %s stay text", async (_, name) => {
  const page = await open();
  const { result, models } = both(namedFile(name, (was) => was));
  await show(page, result, { uri });
  await send(page, models);
  await page.waitForSelector(".both tbody tr");
  const found = await page.evaluate(() => ({
    violations: window.violations,
    hacked: window.hacked,
    markup: document.querySelectorAll(".both img, .both script").length,
    wider: document.documentElement.scrollWidth - innerWidth,
  }));
  expect(found).toEqual({ violations: [], hacked: undefined, markup: 0, wider: 0 });
});
