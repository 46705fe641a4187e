// The carried VS Code as a user has it: a package installed, a folder open, mouse and keyboard.
import { cp, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installExtension, startServer } from "./server.mjs";
import { openWorkbench } from "./workbench.mjs";

const patienceMs = 60_000;
/** The palette lists what was registered when it opened; one opened too early is closed and opened again. */
const paletteMs = 2_000;

/**
 * @param {object} options
 * @param {string} options.vsix
 * @param {string} options.folder copied, so that nothing typed into it stays
 * @param {Record<string, unknown>} [options.settings]
 * @param {import("playwright-core").BrowserContextOptions} [options.context]
 */
export async function openPackaged({ vsix, folder, settings, context }) {
  const temporary = await realpath(await mkdtemp(join(tmpdir(), "brokerlab-packaged-")));
  const workspace = join(temporary, "workspace");
  const dataFolder = join(temporary, "server");
  const extensions = join(temporary, "extensions");
  const remove = () => rm(temporary, { recursive: true, force: true, maxRetries: 5 });
  try {
    await cp(folder, workspace, { recursive: true });
    await installExtension(vsix, { dataFolder, extensions });
    const server = await startServer({
      dataFolder,
      extensions,
      ...(settings === undefined ? {} : { settings }),
    });
    const workbench = await openWorkbench({
      port: server.port,
      folder: workspace,
      ...(context === undefined ? {} : { context }),
    });
    workbench.page.setDefaultTimeout(patienceMs);
    await workbench.page.locator(".explorer-folders-view .monaco-list-row").first().waitFor();
    const close = async () => {
      await workbench.close();
      await server.stop();
      await remove();
    };
    return { page: workbench.page, workspace, extensions, close };
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * @param {import("playwright-core").Page} page
 * @param {string} command its title as the palette shows it
 */
export async function runCommand(page, command) {
  const input = page.locator(".quick-input-widget input");
  const row = page.locator(".quick-input-list .monaco-list-row", { hasText: command }).first();
  const start = Date.now();
  for (;;) {
    await page.keyboard.press("F1");
    await input.fill(`>${command}`);
    const listed = await row.waitFor({ timeout: paletteMs }).then(
      () => true,
      () => false,
    );
    if (listed) return row.click();
    await page.keyboard.press("Escape");
    if (Date.now() - start > patienceMs) throw new Error(`The palette does not offer '${command}'.`);
  }
}

/**
 * @param {import("playwright-core").Page} page
 * @param {string} name
 */
export async function openFile(page, name) {
  await page.locator(".explorer-folders-view .monaco-list-row", { hasText: name }).dblclick();
  await page.locator(`.tab[data-resource-name="${name}"]`).waitFor();
  await page.locator(".monaco-editor .view-line").first().waitFor();
}

/** The inside of the webview that is in front. @param {import("playwright-core").Page} page */
export const webview = (page) =>
  page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
