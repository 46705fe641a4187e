import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { launchSameBrowser } from "../../../tools/editor/browser.mjs";
import { send, show } from "../editor.ts";
import { panels } from "../opened-panel.ts";
import { expectLikeness, unlike } from "./likeness.ts";
import { storedRuns, uri } from "./runs.ts";
import type { Runs } from "./runs.ts";

/** Many pictures on a machine that may be slow. */
const patience = 300_000;
const { open } = panels(launchSameBrowser);
let read: Promise<Runs> | undefined;
const stored = (): Promise<Runs> => (read ??= storedRuns());

const themes = { light: "vscode-light", dark: "vscode-dark", contrast: "vscode-high-contrast" } as const;
type Theme = keyof typeof themes;

/** Whatever would look otherwise elsewhere or later is fixed: letters, language, zone of time, motion, the clock of the run. */
async function openRun(theme: Theme, width = 1400): Promise<Page> {
  const page = await open({
    theme: themes[theme],
    sameLetters: true,
    viewport: { width, height: 900 },
    timezoneId: "UTC",
    reducedMotion: "reduce",
  });
  const { earlier, later, comparison } = await stored();
  await show(page, later.result, { uri, wallMs: later.wallMs, file: "orders.topology.yaml" });
  const lines = [later, earlier].map(({ result: { summary } }, index) => ({
    id: 2 - index,
    at: Date.UTC(2026, 4, 4, 9, 31 - index),
    seed: summary.seed,
    stopped: summary.stopped,
    processed: summary.totals.processed,
    lost: 0,
    holds: summary.expect.filter(({ holds }) => holds).length,
    fails: summary.expect.filter(({ holds }) => !holds).length,
  }));
  await send(page, { type: "history", uri, runs: lines, since: comparison });
  await page.locator(".since .piece").first().waitFor();
  await page.locator(".messages [role=row]").nth(5).waitFor();
  await page.locator(".waterfall").waitFor();
  await page.waitForFunction(() => document.querySelectorAll(".plot canvas").length === 2);
  return page;
}

/** The last but one paint may still lack what a canvas or a measured width adds. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(
    async () =>
      new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))),
  );
}

type Part = readonly [name: string, of: string, before?: (page: Page) => Promise<void>];

/** What is looked at, and what a person does before; each leaves the page as the next one takes it. */
const parts: readonly Part[] = [
  ["head", "header, .totals, .since"],
  ["findings", '[aria-label="What matters"]'],
  ["diagram", ".diagram"],
  ["where-time-goes", ".waterfall"],
  ["charts", ".charts"],
  ["messages", ".messages", readJourney],
  ["playback", ".overview, .playback", goToEvent],
  ["compare", ".history", compare],
];

async function readJourney(page: Page): Promise<void> {
  await page.locator(".messages label", { hasText: "dead-lettered" }).click();
  await page.locator(".messages [role=row]").nth(2).click();
  await page.locator(".journey li").first().waitFor();
}

/** Up to the crash: nothing flows that would be drawn anew. */
async function goToEvent(page: Page): Promise<void> {
  await page.getByLabel("Time", { exact: true }).focus();
  await page.keyboard.press("n");
  await page.waitForFunction(() => !document.querySelector(".now")?.textContent?.includes("whole run"));
}

async function compare(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Last 2 runs" }).click();
  await page.waitForFunction(() => window.posted.some(({ type }) => type === "compare"));
  const { earlier, comparison } = await stored();
  const { series, graph, summary } = earlier.result;
  const overlay = { series, graph, summary };
  await send(page, { type: "compared", uri, before: 1, after: 2, comparison, earlier: overlay });
  await page.locator(".differences").waitFor();
}

/** The least part of the page that holds all of these. */
async function take(page: Page, selector: string): Promise<Buffer> {
  await page.mouse.move(0, 0);
  await settle(page);
  const clip = await page.locator(selector).evaluateAll((elements) => {
    const boxes = elements.map((element) => element.getBoundingClientRect());
    const [left, top] = [Math.min(...boxes.map((box) => box.left)), Math.min(...boxes.map((box) => box.top))];
    return {
      x: Math.floor(left + scrollX),
      y: Math.floor(top + scrollY),
      width: Math.ceil(Math.max(...boxes.map((box) => box.right)) - left),
      height: Math.ceil(Math.max(...boxes.map((box) => box.bottom)) - top),
    };
  });
  return page.screenshot({ clip, fullPage: true, animations: "disabled", caret: "hide", scale: "css" });
}

const names = Object.keys(themes) as Theme[];

test.each(names)(
  "each part of the panel looks as it did, in the %s theme",
  async (theme) => {
    const page = await openRun(theme);
    for (const [name, of, before] of parts) {
      await before?.(page);
      await expectLikeness(`${name}-${theme}`, await take(page, of));
    }
  },
  patience,
);

test.each(names)(
  "a narrow panel looks as it did, in the %s theme",
  async (theme) => {
    const page = await openRun(theme, 400);
    await expectLikeness(
      `narrow-${theme}`,
      await take(page, "header, .totals, .history, .overview, .charts"),
    );
  },
  patience,
);

/** What somebody may break without noticing. */
const planted: readonly (readonly [what: string, of: string, plant: (page: Page) => Promise<void>])[] = [
  [
    "the color of the verdict's sign",
    "header",
    async (page) => page.locator(".verdict .sign").evaluate((sign) => void (sign.style.color = "#c8a030")),
  ],
  [
    "a digit of a total",
    ".totals",
    async (page) => page.locator(".totals dd").nth(1).locator("*").last().evaluate(bump),
  ],
  [
    "a node that is not there",
    ".diagram",
    async (page) => page.locator('[data-node="queue:failed"]').evaluate((node) => node.remove()),
  ],
  [
    "a node two pixels from where it was",
    ".diagram",
    async (page) =>
      page
        .locator('[data-node="queue:payment"] > g')
        .evaluate((node) => node.setAttribute("transform", "translate(2 0)")),
  ],
  [
    "a bar of another length",
    ".waterfall",
    async (page) =>
      page
        .locator(".waterfall .fill")
        .nth(1)
        .evaluate((bar) => bar.setAttribute("width", "40")),
  ],
  [
    "a chart two pixels to the right",
    ".charts",
    async (page) =>
      page
        .locator(".plot canvas")
        .first()
        .evaluate((canvas) => void (canvas.style.translate = "2px")),
  ],
  [
    "a finding's sign in another color",
    '[aria-label="What matters"]',
    async (page) =>
      page
        .locator('[aria-label="What matters"] .sign')
        .first()
        .evaluate((sign) => void (sign.style.color = "#f14c4c")),
  ],
];

function bump(value: HTMLElement | SVGElement): void {
  value.textContent = String(Number(value.textContent?.replaceAll(",", "")) + 1);
}

test(
  "what is no longer as it was is seen, and what is as it was is not",
  async () => {
    const page = await openRun("dark");
    for (const [what, of, plant] of planted) {
      const before = await take(page, of);
      expect(unlike(await take(page, of), before), `before ${what}`).toBeUndefined();
      await plant(page);
      expect(unlike(await take(page, of), before)?.why, what).toMatch(/^differs in \d+ pixels$/);
    }
  },
  patience,
);
