import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectFolder } from "../../scripts/paths.mjs";
import { command, goTo, openFile, resultsPanel } from "../../tools/editor/person.mjs";
import { endless, shop, wrong } from "./files.ts";
import { startSession, type EditorSession } from "./session.ts";

let session: EditorSession;

beforeAll(async () => {
  session = await startSession({
    "shop.topology.yaml": shop,
    "wrong.topology.yaml": wrong,
    "endless.topology.yaml": endless,
  });
}, 120_000);

afterAll(() => session.close());

const run = promisify(execFile);

/** What `brokerlab simulate --json` prints; it ends with 1 because an expectation of the file does not hold. */
async function simulated(file: string): Promise<unknown> {
  const cli = join(projectFolder, "dist/cli.mjs");
  const { stdout } = await run(process.execPath, [cli, "simulate", join(session.folder, file), "--json"], {
    maxBuffer: 1e8,
  }).catch((error: { readonly stdout: string }) => error);
  return JSON.parse(stdout);
}

/** The steps of a path as the panel writes it: `queues["work.eu"].depth.max`. */
function steps(path: string): string[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? "") : (JSON.parse(`"${quoted}"`) as string),
  );
}

function dig(from: unknown, path: string): unknown {
  return steps(path).reduce((at, step) => (at as Record<string, unknown>)[step], from);
}

/** Every number of the panel, by its place in the result. */
async function shownNumbers(): Promise<Map<string, string>> {
  const values = resultsPanel(session.page).locator("[data-path]");
  await values.first().waitFor();
  const shown = await values.evaluateAll((elements) =>
    elements.map((element): [string, string] => [
      element.getAttribute("data-path") ?? "",
      element.getAttribute("data-value") ?? "",
    ]),
  );
  return new Map(shown);
}

async function expectNumbersOf(file: string): Promise<void> {
  const printed = await simulated(file);
  const shown = await shownNumbers();
  const expected = new Map([...shown.keys()].map((path) => [path, String(dig(printed, path))]));
  expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(expected));
  for (const path of ["seed", "totals.sent", 'queues["work.eu"].depth.max', "groups.fraud.lag.max"])
    expect([...shown.keys()]).toContain(path);
  expect(shown.size).toBeGreaterThan(40);
}

const statusOfRun = () => session.page.locator(".statusbar-item").filter({ hasText: /Simulating/ });
const panelTab = () => session.page.getByRole("tab", { name: /BrokerLab Results/ });

test("a file with errors is not run: the Problems view opens with what is wrong", async () => {
  const { page } = session;
  await openFile(page, "wrong.topology.yaml");
  await command(page, "BrokerLab: Run Simulation");
  const problem = page.locator(".markers-panel .monaco-list-row").filter({ hasText: "work.uk" }).first();
  await problem.waitFor();
  expect(await problem.textContent()).toMatch(/work\.eu/);
  expect(await page.locator("iframe.webview").count()).toBe(0);
  expect(await panelTab().count()).toBe(0);
}, 120_000);

test("a run from the palette shows the numbers that `simulate --json` prints for the file and its seed", async () => {
  const { page } = session;
  await openFile(page, "shop.topology.yaml");
  await command(page, "BrokerLab: Run Simulation");
  await panelTab().waitFor();
  await expectNumbersOf("shop.topology.yaml");
  await page.locator(".codelens-decoration").filter({ hasText: "1 of 2 expectations fails" }).waitFor();
}, 120_000);

test("a click in the panel selects the place in the file", async () => {
  const { page } = session;
  const failing = resultsPanel(page).getByRole("listitem").filter({ hasText: "latency.p99 of" });
  await failing.getByRole("button", { name: "show in the file" }).click();
  await page
    .locator(".statusbar-item")
    .filter({ hasText: /Ln 22, Col \d+ \(\d+ selected\)/ })
    .waitFor();
}, 60_000);

test("an edit marks the result as stale, and undoing it takes the mark away", async () => {
  const { page } = session;
  await goTo(page, shop.split("\n").length, 1);
  await page.keyboard.type("#");
  const stale = resultsPanel(page).locator(".strip", { hasText: "has changed" });
  await stale.waitFor();
  await page.keyboard.press("Control+Z");
  await stale.waitFor({ state: "detached" });
}, 60_000);

test("closing the panel and asking for the results shows them again", async () => {
  const { page } = session;
  await panelTab().click({ button: "middle" });
  await panelTab().waitFor({ state: "detached" });
  await command(page, "BrokerLab: Show Results");
  await expectNumbersOf("shop.topology.yaml");
}, 60_000);

test("a panel that was hidden behind another tab shows the numbers when it comes back", async () => {
  const { page } = session;
  await panelTab().click();
  await openFile(page, "wrong.topology.yaml");
  await page.locator("iframe.webview.ready").waitFor({ state: "hidden" });
  await panelTab().click();
  await expectNumbersOf("shop.topology.yaml");
}, 60_000);

test("the status bar cancels a run, and the panel shows the result from before it", async () => {
  const { page } = session;
  await openFile(page, "endless.topology.yaml");
  await command(page, "BrokerLab: Run Simulation");
  await statusOfRun().waitFor();
  await resultsPanel(page).getByRole("progressbar").waitFor();
  await statusOfRun().click();
  await statusOfRun().waitFor({ state: "detached" });
  await resultsPanel(page).getByRole("progressbar").waitFor({ state: "detached" });
  await expectNumbersOf("shop.topology.yaml");
}, 120_000);

test("a reload of the window restores the panel with its numbers", async () => {
  const { page } = session;
  await page.reload();
  await panelTab().waitFor();
  await panelTab().click();
  await expectNumbersOf("shop.topology.yaml");
}, 120_000);
