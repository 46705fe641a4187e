// Takes the pictures of the README and of the walkthrough from the running editor: the packaged extension, opened on examples/.
// `npm run screenshots -- NAME…` takes those of these names.
import { execFile } from "node:child_process";
import { mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { openPackaged } from "../tools/editor/packaged.mjs";
import { command, goTo, openFile, resultsPanel } from "../tools/editor/person.mjs";
import { upToDatePackage } from "./package.mjs";
import { inProject } from "./paths.mjs";

const run = promisify(execFile);
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
  const text = await readFile(inProject("examples/orders.topology.yaml"), "utf8");
  const lines = text.split("\n");
  const line = lines.findIndex((one) => one.includes("queue: payment"));
  await goTo(page, line + 1, (lines[line] ?? "").length + 1);
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

/** The same workload under both models. @param {Page} page */
async function showModels(page) {
  await showRun(page, "orders.topology.yaml");
  await page.keyboard.press("Control+B");
  await resultsPanel(page).getByRole("button", { name: "Compare models" }).click();
  await resultsPanel(page).getByRole("button", { name: "Open the other file" }).waitFor();
}

/** What a change of the file did: the runs before and after it, side by side. @param {Page} page */
async function showHistory(page) {
  const file = "orders.topology.yaml";
  await showRun(page, file);
  await page.keyboard.press("Control+B");
  const lines = (await readFile(inProject(join("examples", file)), "utf8")).split("\n");
  const line = lines.findIndex((one) => one.includes("instances: 4"));
  await page
    .getByRole("tab", { name: new RegExp(file) })
    .first()
    .click();
  await goTo(page, line + 1, (lines[line] ?? "").length + 1);
  await page.keyboard.press("Backspace");
  await page.keyboard.type("2");
  await page.keyboard.press("Escape");
  await command(page, "BrokerLab: Run Simulation");
  await resultsPanel(page).getByRole("button", { name: "Last 2 runs" }).click();
  await resultsPanel(page).getByRole("heading", { name: "Run 1 and run 2" }).waitFor();
}

/** Files to start from. @param {Page} page */
async function showStarters(page) {
  await page.keyboard.press("Control+B");
  await command(page, "BrokerLab: New Topology File");
  await page.locator(".quick-input-list .monaco-list-row").filter({ hasText: "Log (Kafka)" }).waitFor();
}

/** What fits in a producer, and what it means. @param {Page} page */
async function showSuggestions(page) {
  await openFile(page, "orders.topology.yaml");
  await page.keyboard.press("Control+B");
  await page.locator(".codelens-decoration", { hasText: "seed" }).waitFor();
  const line = page.locator(".view-line", { hasText: "shop: {exchange" }).first();
  await line.click();
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.type(", ");
  await page.waitForTimeout(500);
  await page.keyboard.press("Control+Space");
  const row = page.locator(".suggest-widget .monaco-list-row").first();
  await row.waitFor();
  // Opens what the suggestion means, unless it stands open.
  if (!(await page.locator(".suggest-details").isVisible())) await page.keyboard.press("Control+Space");
  await page.locator(".suggest-details").waitFor();
}

/** @param {Page} page */
async function showMend(page) {
  await showDiagnostic(page);
  await page.keyboard.press("Control+B");
}

/** The lenses and marks that a run leaves. @param {Page} page */
async function showLenses(page) {
  await showRun(page, "hot-partition.topology.yaml");
  await page.getByRole("tab", { name: /BrokerLab Results/ }).click({ button: "middle" });
  await page.keyboard.press("Control+B");
  await goTo(page, 1, 1);
  await page.locator(".codelens-decoration", { hasText: /hold/ }).first().waitFor();
}

/** @typedef {{ width: number, height: number }} Size */

/**
 * @param {string} vsix
 * @param {string} theme
 * @param {string} name within the project
 * @param {(page: Page) => Promise<void>} show
 * @param {Size} viewport
 */
async function take(vsix, theme, name, show, viewport) {
  const editor = await openPackaged({
    vsix,
    folder: inProject("examples"),
    settings: { ...settings, "workbench.colorTheme": theme },
    context: { viewport },
  });
  try {
    await show(editor.page);
    // Pictures, not assertions: let fades and layouts come to rest.
    await editor.page.waitForTimeout(1500);
    const path = inProject(name);
    const shot = path.replace(/\.webp$/, ".png");
    await mkdir(dirname(path), { recursive: true });
    await editor.page.screenshot({ path: shot });
    // The package stays small: of a page of text few colors are seen.
    await run("pngquant", ["--force", "--ext", ".png", "--speed", "1", "--nofs", "--strip", "16", shot]);
    await run("cwebp", ["-quiet", "-lossless", "-z", "9", shot, "-o", path]);
    await rm(shot);
  } finally {
    await editor.close();
  }
}

/** @type {Size} */
const page = { width: 1280, height: 800 };
/** @type {Size} */
const step = { width: 800, height: 480 };

/** @type {readonly (readonly [name: string, theme: string, show: (page: Page) => Promise<void>, size: Size])[]} */
const pictures = [
  ["docs/images/editor.webp", themes.light, showDiagnostic, page],
  ["docs/images/panel-dark.webp", themes.dark, showAlone, page],
  ["docs/images/panel-light.webp", themes.light, showBeside, page],
  ["docs/images/models.webp", themes.dark, showModels, page],
  ["docs/images/last-runs.webp", themes.light, showHistory, page],
  ["media/start/create.webp", themes.light, showStarters, step],
  ["media/start/write.webp", themes.light, showSuggestions, step],
  ["media/start/mend.webp", themes.light, showMend, step],
  ["media/start/run.webp", themes.light, showLenses, step],
  ["media/start/read.webp", themes.light, showBeside, step],
];

const names = process.argv.slice(2);
const wanted = pictures.filter(([name]) => names.length === 0 || names.some((one) => name.includes(one)));
const { file } = await upToDatePackage();
for (const [name, theme, show, size] of wanted) {
  await take(file, theme, name, show, size);
  console.log(name);
}
