import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { command, goTo, openFile, resultsPanel } from "../../tools/editor/person.mjs";
import { endless, shop, shopPaths, wrong } from "./files.ts";
import { expectNumbersOf } from "./numbers.ts";
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

const expectShopNumbers = () =>
  expectNumbersOf(session.page, join(session.folder, "shop.topology.yaml"), shopPaths);

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
  await expectShopNumbers();
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
  await expectShopNumbers();
}, 60_000);

test("a panel that was hidden behind another tab shows the numbers when it comes back", async () => {
  const { page } = session;
  await panelTab().click();
  await openFile(page, "wrong.topology.yaml");
  await page.locator("iframe.webview.ready").waitFor({ state: "hidden" });
  await panelTab().click();
  await expectShopNumbers();
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
  await expectShopNumbers();
}, 120_000);

test("a reload of the window restores the panel with its numbers", async () => {
  const { page } = session;
  await page.reload();
  await panelTab().waitFor();
  await panelTab().click();
  await expectShopNumbers();
}, 120_000);
