// node bench/keystroke.mjs: from the key that makes a name wrong to the squiggle under it, in a real VS Code in a real browser.
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isEntry, projectFolder } from "../scripts/paths.mjs";
import { arrive, goTo, openFile } from "../tools/editor/person.mjs";
import { startServer } from "../tools/editor/server.mjs";
import { openWorkbench } from "../tools/editor/workbench.mjs";
import { median } from "./measure.mjs";
import { longFile } from "./topologies.mjs";

const sizes = [20_000];
const warming = 2;
const rounds = 4;

/** Watches the next key: milliseconds to its character on the screen, and to the squiggle, by the page's own clock. */
function watchNextKey() {
  window.seen = new Promise((resolve) => {
    let pressed = 0;
    let typed = 0;
    window.addEventListener("keydown", () => (pressed = performance.now()), { capture: true, once: true });
    const look = () => {
      const now = performance.now();
      if (pressed > 0 && typed === 0 && document.querySelector(".view-lines")?.textContent?.includes("q0x"))
        typed = now;
      if (typed > 0 && document.querySelector(".squiggly-error") !== null)
        resolve({ typed: typed - pressed, marked: now - pressed });
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

/** Lines of a table: medians and the longest of the rounds. */
export async function measureKeystrokes() {
  const temporary = await realpath(await mkdtemp(join(tmpdir(), "brokerlab-keystroke-")));
  const folder = join(temporary, "workspace");
  await mkdir(folder);
  for (const size of sizes) await writeFile(join(folder, `lines-${size}.topology.yaml`), longFile(size));
  const server = await startServer({
    testDriver: true,
    dataFolder: join(temporary, "data"),
    settings: { "editor.quickSuggestions": { other: "off", strings: "off", comments: "off" } },
  });
  const workbench = await openWorkbench({ port: server.port, folder, developed: [projectFolder] });
  const { page } = workbench;
  page.setDefaultTimeout(240_000);
  try {
    await arrive(page);
    const rows = [];
    for (const size of sizes) rows.push(await measureFile(page, size));
    return [
      "| lines | character on the screen, median ms | longest | squiggle, median ms | longest |",
      "| ---: | ---: | ---: | ---: | ---: |",
      ...rows.map((row) => `| ${row.join(" | ")} |`),
    ];
  } finally {
    await workbench.close();
    await server.stop();
    await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * @param {import("playwright-core").Page} page
 * @param {number} size
 */
async function measureFile(page, size) {
  await openFile(page, `lines-${size}.topology.yaml`);
  await page.locator(".codelens-decoration", { hasText: "Run" }).first().waitFor();
  const lines = longFile(size).split("\n");
  const at = lines.findIndex((line) => line.startsWith("  c-q0:"));
  const column = (lines[at] ?? "").indexOf("queue: q0") + "queue: q0".length + 1;
  const taken = [];
  for (let round = 0; round < warming + rounds; round++) {
    await goTo(page, at + 1, column);
    await page.evaluate(watchNextKey);
    await page.keyboard.press("x");
    const times = await page.evaluate(() => window.seen);
    if (round >= warming) taken.push(times);
    await page.keyboard.press("Backspace");
    await page.locator(".squiggly-error").first().waitFor({ state: "detached" });
  }
  const of = (/** @type {"typed" | "marked"} */ name) => taken.map((times) => times[name]);
  const told = (/** @type {number[]} */ values) => [
    median(values).toFixed(0),
    Math.max(...values).toFixed(0),
  ];
  return [lines.length - 1, ...told(of("typed")), ...told(of("marked"))];
}

if (isEntry(import.meta.url)) for (const line of await measureKeystrokes()) console.log(line);
