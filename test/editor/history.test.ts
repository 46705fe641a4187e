import { afterAll, beforeAll, expect, test } from "vitest";
import { command, goTo, openFile, resultsPanel } from "../../tools/editor/person.mjs";
import { shop } from "./files.ts";
import { startSession, type EditorSession } from "./session.ts";

let session: EditorSession;

beforeAll(async () => {
  session = await startSession({ "shop.topology.yaml": shop }, { "brokerlab.runOnSave": true });
}, 120_000);

afterAll(() => session.close());

const panel = () => resultsPanel(session.page);
const panelTab = () => session.page.getByRole("tab", { name: /BrokerLab Results/ });
const since = () => panel().locator(".since");

/** Types a digit over the first one after this text of the file, which is in front, and saves. */
async function change(before: string, digit: string): Promise<void> {
  const { page } = session;
  const lines = shop.slice(0, shop.indexOf(before) + before.length).split("\n");
  await goTo(page, lines.length, lines.at(-1)!.length + 1);
  await page.keyboard.press("Delete");
  await page.keyboard.type(digit);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+S");
}

test("a save runs the file, and the panel tells what changed since the last run", async () => {
  const { page } = session;
  await openFile(page, "shop.topology.yaml");
  await command(page, "BrokerLab: Run Simulation");
  await panelTab().waitFor();
  await panel().locator(".totals").waitFor();
  expect(await since().count()).toBe(0);
  await change("prefetch: 5, processing: {exponential: ", "4");
  await since().getByText("consumers.packers.processing.exponential").waitFor();
  expect(await since().innerText()).toMatch(/20ms\s*→[^]*40ms[^]*▲[^]*packers[^]*worse/);
}, 180_000);

test("the last runs open by the mouse, and the editor compares the files of two of them", async () => {
  const { page } = session;
  await change("order-events, rate: ", "2");
  const button = panel().getByRole("button", { name: "Last 3 runs" });
  await button.click();
  await panel().getByRole("heading", { name: "Run 2 and run 3" }).waitFor();
  await panel().getByRole("radio", { name: "run 1 as the earlier one" }).click();
  await panel().getByRole("region", { name: "In the file" }).getByText("producers.checkout.rate").waitFor();
  expect(await panel().getByRole("region", { name: "In the file" }).locator("li").count()).toBe(2);
  await panel().locator(".legend").getByText("earlier run").first().waitFor({ state: "detached" });
  await panel().getByRole("button", { name: "Compare files" }).click();
  await page.getByRole("tab", { name: /shop\.topology\.yaml: run 1 ↔ run 3/ }).waitFor();
  await page.locator(".monaco-diff-editor .line-insert").first().waitFor();
  await page.getByRole("tab", { name: /run 1 ↔ run 3/ }).click({ button: "middle" });
}, 180_000);

test("an earlier run is shown in full, as the file was then, until the latest is asked for", async () => {
  const { page } = session;
  await panel().getByRole("button", { name: "Last 3 runs" }).click();
  await panel().getByRole("button", { name: "Show run 1", exact: true }).click();
  const strip = panel().locator(".strip.earlier");
  await strip.getByText(/Run 1, an earlier one, of .+: the file as it was then, not as it is now/).waitFor();
  // It came to what was kept of it, though it was run by another worker call, and has its messages.
  expect(await strip.innerText()).not.toMatch(/other figures/);
  expect(await panel().locator(".strip").count()).toBe(1);
  await panel().locator('.messages [role="gridcell"]').first().waitFor();
  // A place of that run is one of the text that was run, which nobody can change.
  await panel().locator('.node[data-node="consumer:packers"]').click();
  await page.locator(".monaco-editor").getByText("exponential: 20ms").first().waitFor();
  await page
    .getByRole("tab", { name: /shop\.topology\.yaml/ })
    .last()
    .click({ button: "middle" });
  await strip.getByRole("button", { name: "Back to the latest run" }).click();
  await strip.waitFor({ state: "detached" });
  await since().getByText("Since the last run").waitFor();
}, 180_000);

test("a reload of the window keeps the runs, and the keyboard opens them", async () => {
  const { page } = session;
  await page.reload();
  await panelTab().waitFor();
  // It is open beside the panel; opened once more, it would cover the panel.
  await page
    .getByRole("tab", { name: /shop\.topology\.yaml/ })
    .first()
    .click();
  await command(page, "BrokerLab: Show the Last Runs");
  await panel().getByRole("heading", { name: "Run 2 and run 3" }).waitFor();
  expect(await panel().locator(".runs tbody tr").count()).toBe(3);
  await panel().getByRole("radio", { name: "run 2 as the earlier one" }).focus();
  await page.keyboard.press("ArrowDown");
  await panel().getByRole("heading", { name: "Run 1 and run 3" }).waitFor();
  await panel().getByRole("button", { name: "Compare files" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("tab", { name: /shop\.topology\.yaml: run 1 ↔ run 3/ }).waitFor();
}, 180_000);

test("a run of the file takes the place of an earlier one on display", async () => {
  const { page } = session;
  await page.getByRole("tab", { name: /run 1 ↔ run 3/ }).click({ button: "middle" });
  await panel().getByRole("button", { name: "Last 3 runs" }).click();
  await panel().getByRole("button", { name: "Show run 2", exact: true }).click();
  await panel().locator(".strip.earlier").waitFor();
  await command(page, "BrokerLab: Run Simulation");
  await panel().locator(".strip.earlier").waitFor({ state: "detached" });
  await panel().getByRole("button", { name: "Last 4 runs" }).waitFor();
}, 180_000);
