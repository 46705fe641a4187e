import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { parse } from "../../src/core/index.ts";
import { simulate } from "../../src/core/run.ts";
import { audit } from "../audit.ts";
import { send, show } from "./editor.ts";
import { panels } from "./opened-panel.ts";
import { both, orders } from "./two-models.ts";
import { openRuns, showRuns } from "./two-runs.ts";

const { open } = panels();

/** What is left of 1280 × 1024 pixels at a zoom of 200% and 400% (WCAG 2.2, 1.4.10). */
const zooms = [
  ["200%", { width: 640, height: 512 }],
  ["400%", { width: 320, height: 256 }],
] as const;

/** Tables and drawings need both directions: they may scroll by themselves, the page may not. */
const wide = ".scroll, .legend, .list, .stage, .plot, .waterfall, .minimap";

/** What a person would not get to see without scrolling the page to the side, or not at all. */
async function lost(page: Page): Promise<readonly string[]> {
  return page.evaluate((exempt) => {
    const found: string[] = [];
    if (document.documentElement.scrollWidth > innerWidth) found.push("the page scrolls to the side");
    for (const element of document.querySelectorAll<HTMLElement>("body *")) {
      const { width, height, left, right } = element.getBoundingClientRect();
      const unseen =
        width <= 1 || height <= 1 || element.closest(".hidden, details:not([open]) > div") !== null;
      if (unseen || element.parentElement?.closest(exempt)) continue;
      const told = `${element.tagName}.${element.getAttribute("class")} ${element.textContent?.slice(0, 40)}`;
      if (!element.matches(exempt) && (left < -1 || right > innerWidth + 1)) found.push(`beyond: ${told}`);
      const { overflowX, overflowY, textOverflow } = getComputedStyle(element);
      if (element.matches(exempt) || textOverflow === "ellipsis") continue;
      const [across, down] = [
        element.scrollWidth > element.clientWidth + 1,
        element.scrollHeight > element.clientHeight + 1,
      ];
      if (overflowX !== "visible" && across) found.push(`cut to the side: ${told}`);
      if ((overflowY === "hidden" || overflowY === "clip") && down) found.push(`cut below: ${told}`);
    }
    return found;
  }, wide);
}

test.each(zooms)("at %s nothing is lost of a run and of two runs side by side", async (_, viewport) => {
  const page = await open({ viewport });
  await showRuns(page);
  await openRuns(page);
  await page.locator(".legend").last().getByText("earlier run").first().waitFor();
  expect(await lost(page)).toEqual([]);
  expect(await audit(page)).toEqual([]);
});

test.each(zooms)("nor of a fault, its events and a message's journey, at %s", async (_, viewport) => {
  const text = readFileSync(new URL("../../examples/rebalance-pause.topology.yaml", import.meta.url), "utf8");
  const page = await open({ viewport });
  await show(page, simulate(parse(text).topology));
  await page.locator(".messages [role=row]").nth(1).click();
  await page.locator(".journey li").first().waitFor();
  await page.getByRole("button", { name: "On to the next event" }).click();
  await page.locator(".stations summary").click();
  expect(await lost(page)).toEqual([]);
  await page.locator(".take summary").click();
  expect(await lost(page)).toEqual([]);
  expect(await audit(page)).toEqual([]);
});

test.each(zooms)("nor of both models, a changed file and a failure, at %s", async (_, viewport) => {
  const page = await open({ viewport });
  const { result, models } = both(orders);
  await show(page, result, { uri: models.uri });
  await send(page, models);
  await page.waitForSelector(".both tbody tr");
  await send(page, { type: "stale", stale: true });
  await send(page, { type: "failed", file: "orders.topology.yaml", message: "The engine stopped." });
  await page.waitForSelector("[role=alert]");
  expect(await lost(page)).toEqual([]);
  expect(await audit(page)).toEqual([]);
});

test.each(zooms)("what has the focus is in sight, strip or none, at %s", async (_, viewport) => {
  const page = await open({ viewport });
  await showRuns(page);
  await send(page, { type: "stale", stale: true });
  await page.waitForSelector(".strip");
  for (let stop = 0; stop < 60; stop++) {
    await page.keyboard.press(stop < 30 ? "Tab" : "Shift+Tab");
    const seen = await page.evaluate(() => {
      const element = document.activeElement!;
      if (element === document.body || element.closest(".strip")) return "";
      const { top, bottom } = element.getBoundingClientRect();
      const strip = Math.max(0, document.querySelector(".strip")!.getBoundingClientRect().bottom);
      return bottom > strip && top < innerHeight ? "" : `${element.textContent} ${top}–${bottom} of ${strip}`;
    });
    expect(seen).toBe("");
  }
});

test("nothing moves by itself for those who want no motion", async () => {
  const moving = (page: Page): Promise<number> =>
    page.evaluate(() => {
      const all = Array.from(document.querySelectorAll("*"), (element) => getComputedStyle(element));
      return all.filter(
        ({ animationName, transitionDuration }) =>
          animationName !== "none" || parseFloat(transitionDuration) > 0,
      ).length;
    });
  const page = await open();
  await page.waitForSelector(".empty");
  expect(await moving(page)).toBeGreaterThan(0);
  const still = await open({ reducedMotion: "reduce" });
  await still.waitForSelector(".empty");
  expect(await moving(still)).toBe(0);
  await showRuns(still);
  await openRuns(still);
  expect(await moving(still)).toBe(0);
  expect(await still.evaluate(() => document.getAnimations().length)).toBe(0);
  expect(await audit(still)).toEqual([]);
});
