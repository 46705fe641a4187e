import { join } from "node:path";
import { readFile } from "node:fs/promises";
import type { Locator } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { command, openFile } from "../../tools/editor/person.mjs";
import { expectNumbersOf } from "./numbers.ts";
import { startSession, type EditorSession } from "./session.ts";

let session: EditorSession;

beforeAll(async () => {
  session = await startSession({ "empty.topology.yaml": "" });
}, 120_000);

afterAll(() => session.close());

/** Still when the page has nothing left to do: a list that is narrowed by what was typed begins at its top again. */
async function staysVisible(what: Locator): Promise<boolean> {
  if (!(await what.isVisible())) return false;
  await what.page().evaluate(() => new Promise((done) => requestIdleCallback(done)));
  return what.isVisible();
}

/** Types the beginning of a suggestion, goes down the list to it, and takes it. */
async function take(beginning: string, label: string): Promise<void> {
  const { page } = session;
  const rows = page.locator(".suggest-widget .monaco-list-row");
  const wanted = rows.filter({ has: page.locator(".label-name", { hasText: new RegExp(`^${label}$`) }) });
  await page.keyboard.type(beginning);
  await wanted.waitFor();
  const focused = wanted.and(page.locator(".focused"));
  while (!(await staysVisible(focused))) {
    await page.keyboard.press("ArrowDown");
    await rows.and(page.locator(".focused")).waitFor();
  }
  await page.keyboard.press("Enter");
  await wanted.waitFor({ state: "detached" });
}

/** Leaves the snippet, and begins a line in the first column. */
async function nextSection(): Promise<void> {
  const { keyboard } = session.page;
  await keyboard.press("Escape");
  await keyboard.press("Escape");
  await keyboard.press("End");
  await keyboard.press("Enter");
  for (let step = 0; step < 3; step++) await keyboard.press("Shift+Tab");
}

test("by keyboard and completion alone, an empty file becomes a topology that runs", async () => {
  const { page } = session;
  await openFile(page, "empty.topology.yaml");
  await page.locator(".codelens-decoration").filter({ hasText: "Run" }).waitFor();
  await page.locator(".editor-instance .view-lines").click();
  await take("topolo", "topology");
  await take("", "1");
  await nextSection();
  await take("rabb", "rabbitmq");
  await take("queu", "queues");
  await take("queue", "queue");
  await nextSection();
  await take("produ", "producers");
  await take("producer", "producer to a queue");
  await nextSection();
  await take("consu", "consumers");
  await take("consumers", "consumers of a queue");
  await nextSection();
  await take("ru", "run");
  await take("dura", "duration");
  await take("60", "60s");
  await nextSection();
  await command(page, "File: Save");
  const file = join(session.folder, "empty.topology.yaml");
  await expect
    .poll(async () => readFile(file, "utf8"), { timeout: 30_000 })
    .toMatch(/shop: \{queue: work, rate: 100\/s\}[^]*run: \{duration: 60s\}/);
  await command(page, "BrokerLab: Run Simulation");
  await expectNumbersOf(page, file, ["seed", "totals.sent", "queues.work.depth.max"]);
}, 180_000);
