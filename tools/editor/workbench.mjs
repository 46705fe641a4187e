// Opens the workbench of a server in a browser.
import { launchBrowser, localContext } from "./browser.mjs";

/**
 * @typedef {object} WorkbenchOptions
 * @property {number} port of the server
 * @property {string} [folder] to open
 * @property {string} [workspaceFile] to open
 * @property {readonly string[]} [developed] folders of extensions under development
 * @property {string} [tests] module in the extension host that runs the tests
 * @property {readonly (readonly [string, string])[]} [payload] more of what the page's address tells the workbench
 * @property {import("playwright-core").BrowserContextOptions} [context]
 * @property {(values: readonly unknown[]) => void} [onLog]
 */

/**
 * What the tests' run ended with.
 * @typedef {{ code: number, reason?: string }} Outcome
 */

/** @param {WorkbenchOptions} options */
export async function openWorkbench(options) {
  const authority = `127.0.0.1:${options.port}`;
  /** The authority must be exactly the page's. @param {string} path */
  const remote = (path) => `vscode-remote://${authority}${path}`;
  const payload = [
    ...(options.developed ?? []).map((folder) => ["extensionDevelopmentPath", remote(folder)]),
    ...(options.tests === undefined ? [] : [["extensionTestsPath", remote(options.tests)]]),
    ["skipWelcome", "true"],
    ["skipReleaseNotes", "true"],
    ...(options.payload ?? []),
  ];
  const query = new URLSearchParams({ payload: JSON.stringify(payload) });
  if (options.folder !== undefined) query.set("folder", options.folder);
  else if (options.workspaceFile !== undefined) query.set("workspace", options.workspaceFile);
  else query.set("ew", "true");

  const browser = await launchBrowser();
  const context = await localContext(browser, options.context);
  const page = await context.newPage();
  /** @type {Promise<Outcome>} */
  const finished = new Promise((resolve) => {
    void page.exposeFunction("codeAutomationExit", (/** @type {number} */ code) => resolve({ code }));
    page.on("crash", () => resolve({ code: 1, reason: "the page crashed" }));
  });
  await page.exposeFunction(
    "codeAutomationLog",
    (/** @type {string} */ _type, /** @type {unknown[]} */ values) => options.onLog?.(values),
  );
  await page.goto(`http://${authority}/?${query}`);
  return { browser, context, page, finished, close: () => browser.close() };
}
