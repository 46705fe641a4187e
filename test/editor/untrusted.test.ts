import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { command, goTo, openFile } from "../../tools/editor/person.mjs";
import { shop, shopPaths } from "./files.ts";
import { expectNumbersOf } from "./numbers.ts";
import { startSession, type EditorSession } from "./session.ts";

let session: EditorSession;

const neverAsk = { "security.workspace.trust.startupPrompt": "never" };

beforeAll(async () => {
  session = await startSession({ "shop.topology.yaml": shop }, neverAsk, true);
}, 180_000);

afterAll(() => session.close());

test("in a folder that nobody trusts a file is checked, and runs to the same numbers", async () => {
  const { page } = session;
  await page.locator(".statusbar-item").filter({ hasText: "Restricted Mode" }).waitFor();
  await openFile(page, "shop.topology.yaml");
  await page.locator(".codelens-decoration").filter({ hasText: "Run · seed 11" }).waitFor();
  const line = shop.split("\n").findIndex((text) => text.includes("queue: work.eu")) + 1;
  await goTo(page, line, (shop.split("\n")[line - 1] ?? "").indexOf("work.eu") + "work.eu".length + 1);
  await page.keyboard.press("Backspace");
  await page.locator(".squiggly-error").first().waitFor();
  await page.keyboard.press("Control+Z");
  await page.locator(".squiggly-error").first().waitFor({ state: "detached" });
  await command(page, "BrokerLab: Run Simulation");
  await expectNumbersOf(page, join(session.folder, "shop.topology.yaml"), shopPaths);
  expect(await page.locator(".statusbar-item").filter({ hasText: "Restricted Mode" }).count()).toBe(1);
}, 180_000);
