import { afterAll, beforeAll, expect, test } from "vitest";
import { command, goTo, openFile, resultsPanel } from "../../tools/editor/person.mjs";
import { shop, wrong } from "./files.ts";
import { startSession, type EditorSession } from "./session.ts";

let session: EditorSession;

beforeAll(async () => {
  session = await startSession({ "shop.topology.yaml": shop, "wrong.topology.yaml": wrong });
}, 180_000);

afterAll(() => session.close());

const patience = { timeout: 60_000 };
const steps = () => session.page.locator(".getting-started-step");
const done = () => steps().filter({ has: session.page.locator(".codicon-getting-started-step-checked") });

async function openWalkthrough(): Promise<void> {
  await command(session.page, "BrokerLab: Get Started");
  await steps().first().waitFor(patience);
}

test("the walkthrough has five steps, each with its picture", async () => {
  const { page } = session;
  await openWalkthrough();
  expect(await steps().count()).toBe(5);
  expect(await done().count()).toBe(0);
  for (let at = 0; at < 5; at++) {
    await steps().nth(at).click();
    const picture = page.locator(".getting-started-media img");
    await expect
      .poll(async () => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth), patience)
      .toBeGreaterThan(500);
  }
}, 180_000);

test("each step is done by doing what it says", async () => {
  const { page } = session;
  await openWalkthrough();
  await steps().first().click();
  await page.getByRole("button", { name: "New Topology File" }).click();
  await page.locator(".quick-input-list .monaco-list-row").filter({ hasText: "M/M/c" }).waitFor(patience);
  await page.keyboard.press("Escape");

  await openFile(page, "wrong.topology.yaml");
  await page.locator(".squiggly-error").first().waitFor(patience);
  const line = wrong.split("\n").findIndex((text) => text.includes("queue: work.uk")) + 1;
  await goTo(page, line, (wrong.split("\n")[line - 1] ?? "").indexOf("work.uk") + "work.uk".length + 1);
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Escape");
  await page.keyboard.type("eu");
  await page.keyboard.press("Escape");
  await page
    .locator(".squiggly-error")
    .first()
    .waitFor({ ...patience, state: "detached" });

  await command(page, "BrokerLab: Run Simulation");
  await resultsPanel(page).locator("[data-path]").first().waitFor(patience);
  await command(page, "BrokerLab: Show Results");
  await openWalkthrough();
  await expect.poll(async () => done().count(), patience).toBe(5);
}, 180_000);

const marks = () => session.page.locator(".cgmr[class*='TextEditorDecorationType']");

test("what a run overloaded is marked in the gutter until an edit changes what was measured", async () => {
  const { page } = session;
  await openFile(page, "shop.topology.yaml");
  await command(page, "BrokerLab: Run Simulation");
  // Nothing takes a quarter of what `site` publishes: at the producer and at the exchange.
  await expect.poll(async () => marks().count(), patience).toBe(2);
  await page.locator(".view-lines").first().click();
  await goTo(page, 2, 1);
  await page.keyboard.type("# a comment");
  await page.keyboard.press("Enter");
  await page.locator(".codelens-decoration").filter({ hasText: "(before the last edits)" }).waitFor(patience);
  expect(await marks().count()).toBe(2);
  const line = shop.split("\n").findIndex((text) => text.includes("rate: 50/s")) + 2;
  await goTo(page, line, (shop.split("\n")[line - 2] ?? "").indexOf("50/s") + 1);
  await page.keyboard.type("1");
  await expect.poll(async () => marks().count(), patience).toBe(0);
  await page.keyboard.press("Backspace");
  await expect.poll(async () => marks().count(), patience).toBe(2);
}, 180_000);
