// What a person does in the workbench, with mouse and keyboard.

const limitMs = 60_000;

/** @typedef {import("playwright-core").Page} Page */

/** Waits until the workbench takes keys. @param {Page} page */
export async function arrive(page) {
  await page.locator(".monaco-workbench .part.editor").waitFor({ timeout: limitMs });
  await page.locator(".explorer-folders-view .monaco-list-row").first().waitFor({ timeout: limitMs });
}

/**
 * The palette lists what was registered when it opened: until the command is there it is opened again.
 * @param {Page} page
 * @param {string} title
 */
export async function command(page, title) {
  const input = page.locator(".quick-input-widget input.input");
  const row = page.locator(".quick-input-list .monaco-list-row").filter({ hasText: title }).first();
  for (const deadline = Date.now() + limitMs; Date.now() < deadline;) {
    await page.keyboard.press("F1");
    // What closes at this moment may take it along.
    const chosen = await input
      .fill(`>${title}`, { timeout: 3000 })
      .then(async () => row.waitFor({ timeout: 1500 }))
      .then(async () => row.click({ timeout: 3000 }))
      .then(
        () => true,
        () => false,
      );
    if (chosen) return;
    await page.keyboard.press("Escape");
  }
  throw new Error(`The palette did not show '${title}' within ${limitMs / 1000} s`);
}

/**
 * @param {Page} page
 * @param {string} name of a file of the folder
 */
export async function openFile(page, name) {
  await page.locator(".explorer-folders-view .monaco-list-row").filter({ hasText: name }).first().dblclick();
  await page
    .getByRole("tab", { name: new RegExp(name.replaceAll(".", "\\.")), selected: true })
    .first()
    .waitFor();
  await page.locator(".editor-instance .view-line").first().waitFor();
}

/**
 * @param {Page} page
 * @param {number} line from 1
 * @param {number} column from 1
 */
export async function goTo(page, line, column) {
  const input = page.locator(".quick-input-widget input.input");
  const filled = async () =>
    input.fill(`:${line}:${column}`, { timeout: 3000 }).then(
      () => true,
      () => false,
    );
  const noEditor = async () => /Open a text editor/u.test((await input.getAttribute("aria-label")) ?? "");
  for (const deadline = Date.now() + limitMs; Date.now() < deadline;) {
    await page.keyboard.press("Control+G");
    if ((await filled()) && !(await noEditor())) break;
    await page.keyboard.press("Escape");
    // Whatever was clicked last has the keyboard: the first group of editors shall.
    await page.keyboard.press("Control+1");
  }
  await page.keyboard.press("Enter");
  await input.waitFor({ state: "hidden" });
}

/** The inside of the results panel. @param {Page} page */
export function resultsPanel(page) {
  return page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
}
