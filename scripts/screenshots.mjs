// Takes the README's pictures from the running editor: the packaged extension, opened on examples/.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openPackaged } from "../tools/editor/packaged.mjs";
import { command, openFile, resultsPanel } from "../tools/editor/person.mjs";
import { upToDatePackage } from "./package.mjs";
import { inProject } from "./paths.mjs";

const images = inProject("docs/images");
const themes = { dark: "Default Dark Modern", light: "Default Light Modern" };
const settings = {
  "editor.minimap.enabled": false,
  "workbench.layoutControl.enabled": false,
  "window.commandCenter": false,
};

/** @typedef {Awaited<ReturnType<typeof openPackaged>>["page"]} Page */

/** A queue's name typed wrong, the nearest name offered on it. @param {Page} page */
async function showDiagnostic(page) {
  await openFile(page, "orders.topology.yaml");
  const wrong = "paymnet";
  await page.locator(".view-line", { hasText: "queue: payment" }).first().click();
  await page.keyboard.press("End");
  for (const _ of "payment") await page.keyboard.press("Backspace");
  await page.keyboard.type(wrong);
  await page.locator(".squiggly-error").first().waitFor();
  await page.keyboard.press("F8");
  await page.locator(".marker-widget").waitFor();
}

/**
 * @param {Page} page
 * @param {string} name of the file
 */
async function showRun(page, name) {
  await openFile(page, name);
  await command(page, "BrokerLab: Run Simulation");
  await resultsPanel(page).locator("[data-path]").first().waitFor();
  await resultsPanel(page).locator(".uplot canvas").first().waitFor();
}

/** The results beside the file. @param {Page} page */
async function showBeside(page) {
  await showRun(page, "orders.topology.yaml");
  await page.keyboard.press("Control+B");
}

/** The results alone. @param {Page} page */
async function showAlone(page) {
  await showRun(page, "bank.topology.yaml");
  await page.getByRole("tab", { name: /BrokerLab Results/ }).click();
  await command(page, "View: Maximize Editor Group and Hide Side Bars");
}

/**
 * @param {string} vsix
 * @param {string} theme
 * @param {string} name
 * @param {(page: Page) => Promise<void>} show
 */
async function take(vsix, theme, name, show) {
  const editor = await openPackaged({
    vsix,
    folder: inProject("examples"),
    settings: { ...settings, "workbench.colorTheme": theme },
    context: { viewport: { width: 1360, height: 860 } },
  });
  try {
    await show(editor.page);
    // Pictures, not assertions: let fades and layouts come to rest.
    await editor.page.waitForTimeout(1500);
    await editor.page.screenshot({ path: join(images, `${name}.png`) });
  } finally {
    await editor.close();
  }
}

const { file } = await upToDatePackage();
await mkdir(images, { recursive: true });
await take(file, themes.light, "editor", showDiagnostic);
await take(file, themes.dark, "panel-dark", showAlone);
await take(file, themes.light, "panel-light", showBeside);
console.log(`Three pictures lie in ${images}.`);
