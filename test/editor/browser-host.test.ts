import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { command, openFile, resultsPanel } from "../../tools/editor/person.mjs";
import { endless, shop, shopPaths } from "./files.ts";
import { expectNumbersOf } from "./numbers.ts";
import { startSession, type EditorSession } from "./session.ts";

let session: EditorSession;

/** VS Code then runs the extension's web build in a worker of the browser, as on vscode.dev. */
const inBrowser = { "remote.extensionKind": { "brokerlab.brokerlab": ["web"] } };

beforeAll(async () => {
  session = await startSession({ "shop.topology.yaml": shop, "endless.topology.yaml": endless }, inBrowser);
});

afterAll(() => session.close());

test("in the browser's extension host a run gives the numbers of the command line", async () => {
  const { page } = session;
  const requested: string[] = [];
  page.context().on("request", (request) => requested.push(decodeURIComponent(request.url())));
  await openFile(page, "shop.topology.yaml");
  await command(page, "BrokerLab: Run Simulation");
  await expectNumbersOf(page, join(session.folder, "shop.topology.yaml"), shopPaths);
  expect(requested.filter((url) => url.includes("/dist/web/extension.js"))).not.toEqual([]);
});

test("and is cancelled as well", async () => {
  const { page } = session;
  const status = page.locator(".statusbar-item").filter({ hasText: /Simulating/ });
  await openFile(page, "endless.topology.yaml");
  await command(page, "BrokerLab: Run Simulation");
  await status.click();
  await status.waitFor({ state: "detached" });
  await resultsPanel(page).getByRole("progressbar").waitFor({ state: "detached" });
  expect(await resultsPanel(page).getByRole("alert").count()).toBe(0);
});
