// Renders media/icon.svg to the PNG that VS Code's list of extensions shows.
import { readFile } from "node:fs/promises";
import { launchBrowser, localContext } from "../tools/editor/browser.mjs";
import { inProject } from "./paths.mjs";

const browser = await launchBrowser();
try {
  const context = await localContext(browser, { viewport: { width: 256, height: 256 } });
  const page = await context.newPage();
  const svg = await readFile(inProject("media/icon.svg"), "utf8");
  await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg}`);
  await page.screenshot({ path: inProject("media/icon.png"), omitBackground: true });
} finally {
  await browser.close();
}
