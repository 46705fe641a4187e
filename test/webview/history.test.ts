import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { compareRuns } from "../../src/core/compare/comparison.ts";
import type { ComparedRun } from "../../src/core/compare/comparison.ts";
import type { Result } from "../../src/core/stats/result.ts";
import { hostile } from "../hostile.ts";
import { send, show } from "./editor.ts";
import { renamed } from "./hostile-names.ts";
import { panels } from "./opened-panel.ts";
import { orderFlow } from "./order-flow.ts";
import { answerCompare, lines, openRuns, runs, showRuns, uri } from "./two-runs.ts";

const { open } = panels();

const flat = (text: string): string => text.replaceAll(/\s+/g, " ").trim();
const since = (page: Page): Promise<string> => page.locator(".since p").innerText().then(flat);
const section = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env["BROKERLAB_PICTURES"];
  if (folder === undefined) return;
  await page.waitForFunction(() => document.querySelectorAll(".stage .node").length > 0);
  await page.screenshot({ path: `${folder}/${name}.png` });
}

test("after a run a line says what changed in the file since the last one, and what that did", async () => {
  const page = await open();
  await showRuns(page);
  const said = await since(page);
  expect(said).toMatch(
    /^Since the last run: rabbitmq\.queues\.payment\.arguments\.x-max-length 60 → became 40 /,
  );
  expect(said).toMatch(/consumers\.payments\.processing\.exponential 6ms → became 12ms and 1 more/);
  expect(said).toMatch(/✕ 1 expectation now fails/);
  expect(said).toMatch(/▲ dropped 0 → became \d+ worse/);
  await keepPicture(page, "since");
});

test.each(["vscode-dark", "vscode-light"])(
  "the list of runs opens with the two newest side by side, in %s",
  async (theme) => {
    const page = await open({ theme });
    await showRuns(page);
    await openRuns(page);
    expect(await page.locator(".runs tbody tr").count()).toBe(3);
    const rows = await page.locator(".runs tbody tr").allInnerTexts();
    expect(rows.map(flat)[0]).toMatch(/^3 .* 7 [\d,]+ processed ✕ 1 fails ✓ 1 holds shown$/);
    expect(
      await section(page, "In the file")
        .locator("li")
        .allInnerTexts()
        .then((all) => all.map(flat)),
    ).toEqual([
      "rabbitmq.queues.payment.arguments.x-max-length 60 → became 40",
      "consumers.payments.processing.exponential 6ms → became 12ms",
      "consumers.fraud.instances 2 → became removed",
    ]);
    const figures = (await page.locator(".figures tbody tr").allInnerTexts()).map(flat);
    expect(figures).toHaveLength(10);
    expect(figures[0]).toMatch(/^dropped .* ▲ from 0 worse$/);
    expect(figures.join("\n")).toMatch(/latency p99 of payments [\d.]+ m?s [\d.]+ m?s ▲ \S+ worse/);
    const found = (await section(page, "What was found").locator("li").allInnerTexts()).map(flat);
    expect(found[0]).toMatch(/^✕ now fails: latency\.p99 of consumer payments is/);
    expect(found.join("\n")).toMatch(/\+ new: payment dropped [\d,]+ messages \(maxlen\)/);
    expect(found.join("\n")).toMatch(/− gone: Nothing was lost/);
    await keepPicture(page, `history-${theme}`);
  },
);

test("all of it goes by the keyboard: any two runs are picked, and their files compared", async () => {
  const page = await open();
  await showRuns(page);
  const button = page.getByRole("button", { name: "Last 3 runs" });
  await button.focus();
  await page.keyboard.press("Enter");
  expect(await button.getAttribute("aria-expanded")).toBe("true");
  expect(await answerCompare(page)).toEqual([2, 3]);
  await page.waitForSelector(".differences");
  await page.getByRole("radio", { name: "run 2 as the earlier one" }).focus();
  await page.keyboard.press("ArrowDown");
  expect(await answerCompare(page)).toEqual([1, 3]);
  await page.getByText("Their seeds differ: small differences may be chance.").waitFor();
  // The later one cannot be earlier than the earlier one.
  expect(
    await page.getByRole("radio", { name: "run 1 as the later one", includeHidden: true }).isDisabled(),
  ).toBe(true);
  await page.getByRole("button", { name: "Compare files" }).focus();
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => window.posted.at(-1))).toEqual({
    type: "compareFiles",
    uri,
    before: 1,
    after: 3,
  });
  await button.press("Enter");
  expect(await page.locator(".runs").count()).toBe(0);
});

test("the charts show both runs while their columns are kept, the earlier one dotted and named", async () => {
  const page = await open();
  await showRuns(page);
  const legend = page.locator(".legend").last();
  const names = async (): Promise<readonly string[]> =>
    (await legend.locator("tbody th").allInnerTexts()).map(flat);
  const before = await names();
  expect(before.join()).not.toMatch(/earlier/);
  await openRuns(page);
  await legend.getByText("earlier run").first().waitFor();
  expect(await names()).toHaveLength(before.length * 2);
  await page.locator(".charts").scrollIntoViewIfNeeded();
  await page.locator(".switcher").first().waitFor();
  await keepPicture(page, "both-in-charts");
  await page.getByRole("checkbox", { name: "show both runs in the charts" }).click();
  await legend.getByText("earlier run").first().waitFor({ state: "detached" });
  expect(await names()).toEqual(before);
});

test("the list opens when the host asks for it, and stays open with the next run", async () => {
  const page = await open();
  await showRuns(page, lines.slice(1));
  await send(page, { type: "openHistory" });
  expect(await answerCompare(page)).toEqual([1, 2]);
  await showRuns(page);
  // Between the result and its list of runs the page may ask about the runs before once more.
  await expect.poll(async () => answerCompare(page), { timeout: 20_000 }).toEqual([2, 3]);
  await page.getByRole("heading", { name: "Run 2 and run 3" }).waitFor();
});

test.each(hostile)("names of %s stay text in what two runs differ in", async (_, name) => {
  const page = await open();
  const [was, is] = [orderFlow(), orderFlow({ consumers: {}, queues: {} })].map((one) => renamed(one, name));
  const file = (value: string): string => JSON.stringify({ consumers: { [name("fraud")]: name(value) } });
  const run = (text: string, { summary, findings }: Result): ComparedRun => ({ text, summary, findings });
  const comparison = compareRuns(run(file("a"), is!), run(file("b"), was!));
  await show(page, was!, { uri });
  await send(page, { type: "history", uri, runs: lines, since: comparison });
  await page.getByRole("button", { name: "Last 3 runs" }).click();
  await send(page, { type: "compared", uri, before: 2, after: 3, comparison, earlier: undefined });
  await page.waitForSelector(".differences .thing");
  expect(comparison.file).toHaveLength(1);
  const found = await page.evaluate(() => ({
    violations: window.violations,
    hacked: window.hacked,
    markup: document.querySelectorAll(".history img, .history script").length,
    wider: document.documentElement.scrollWidth - innerWidth,
  }));
  expect(found).toEqual({ violations: [], hacked: undefined, markup: 0, wider: 0 });
});

test.each(["vscode-dark", "vscode-light"])(
  "an earlier run is asked for by its row, and shown as what it is until the latest is asked for, in %s",
  async (theme) => {
    const page = await open({ theme });
    await showRuns(page);
    await openRuns(page);
    const rows = page.locator(".runs tbody tr");
    expect(await rows.nth(0).innerText().then(flat)).toMatch(/ shown$/);
    await page.getByRole("button", { name: "Show run 2", exact: true }).focus();
    await page.keyboard.press("Enter");
    const last = () => page.evaluate(() => window.posted.at(-1));
    expect(await last()).toEqual({ type: "openRun", uri, id: 2 });
    const at = lines[1]!.at;
    await show(page, runs[1]!.result, { uri, stale: true, earlier: { id: 2, at, same: true } });
    const strip = page.locator(".strip");
    expect(await strip.count()).toBe(1);
    expect(flat(await strip.innerText())).toMatch(
      /^Run 2, an earlier one, of .+: the file as it was then, not as it is now\. Back to the latest run$/,
    );
    await rows.nth(1).getByText("shown", { exact: true }).waitFor();
    expect(await page.getByRole("button", { name: "Show run 3", exact: true }).count()).toBe(1);
    // What the latest run brought is not this one's, nor are the lines of the run before it; and what is run is the file.
    expect(await page.getByText("Since the last run").count()).toBe(0);
    await page.waitForFunction(
      () => !document.querySelector(".charts")?.textContent?.includes("earlier run"),
    );
    expect(await page.getByRole("button", { name: "Run again" }).count()).toBe(0);
    // The diagram is that of the text as it was, whatever stands there now.
    const graph = { nodes: [], edges: [] };
    await send(page, { type: "text", uri, graph, thing: "queue:payment" });
    await page.locator(".node.here").waitFor();
    expect(await page.locator(".stage .node").count()).toBe(runs[1]!.result.graph.nodes.length);
    await keepPicture(page, `earlier-${theme}`);
    await send(page, { type: "stale", stale: false });
    await strip.getByText("the file as it was then, and is now.").waitFor();
    await strip.getByRole("button", { name: "Back to the latest run" }).click();
    expect(await last()).toEqual({ type: "openRun", uri });
    await show(page, runs[2]!.result, { uri });
    await strip.waitFor({ state: "detached" });
    await page.getByText("Since the last run").waitFor();
  },
);

test("an earlier run that comes to other figures than those kept says so", async () => {
  const page = await open();
  await show(page, runs[1]!.result, { uri, earlier: { id: 2, at: lines[1]!.at, same: false } });
  await page.locator(".strip").getByText("other figures than those kept of it").waitFor();
});

test("one run alone is no history, and the list of another file is not shown", async () => {
  const page = await open();
  await showRuns(page, lines.slice(2));
  await send(page, { type: "history", uri: "file:///other.yaml", runs: lines, since: undefined });
  await page.waitForSelector(".charts .legend");
  expect(await page.locator(".history").count()).toBe(0);
  await showRuns(page, lines.slice(2));
  await send(page, { type: "openHistory" });
  await page.getByText("One run of this file is kept.").waitFor();
});
