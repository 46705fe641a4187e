import { expect, test } from "vitest";
import type { Page } from "playwright-core";
import type { Result } from "../../src/core/stats/result.ts";
import { show } from "./editor.ts";
import { panels } from "./opened-panel.ts";
import { orderFlow } from "./order-flow.ts";

const { open } = panels();

test("one cursor rules both charts, by pointer and by keys", async () => {
  const page = await open();
  await show(page, orderFlow());
  const heads = page.locator(".legend thead th:first-child");
  expect(await heads.allInnerTexts()).toEqual(["whole run", "whole run"]);

  await page.locator(".plot").first().scrollIntoViewIfNeeded();
  const over = await page.locator(".u-over").first().boundingBox();
  await page.mouse.move((over?.x ?? 0) + (over?.width ?? 0) / 2, (over?.y ?? 0) + 20);
  await page.waitForFunction(() => document.querySelector(".legend th")?.textContent?.startsWith("at "));
  const [first, second] = await heads.allInnerTexts();
  expect(second).toBe(first);

  await page.locator(".plot").nth(1).focus();
  await page.keyboard.press("End");
  await page.waitForFunction((was) => document.querySelector(".legend th")?.textContent !== was, first);
  const ends = await heads.allInnerTexts();
  expect(ends[0]).toBe(ends[1]);
  expect(ends[0]?.replaceAll("\u202f", " ")).toBe("at 2 m");
});

test("the legend gives the values under the cursor", async () => {
  const page = await open();
  const result = orderFlow();
  await show(page, result);
  await page.locator(".plot").first().focus();
  await page.keyboard.press("Home");
  for (let step = 0; step < 3; step++) await page.keyboard.press("ArrowRight");
  const lag = result.series.find(({ name, metric }) => name === "fraud" && metric === "lag")!;
  const row = page.locator(".legend").first().locator("tr", { hasText: "fraud" });
  await page.waitForFunction(() => document.querySelector(".legend th")?.textContent === "at 1.75\u202fs");
  const shown = (await row.locator("td").allInnerTexts()).map((text) => Number(text.replaceAll(",", "")));
  expect(shown[0]).toBe(Math.round(lag.mean[3]!));
  expect(shown[1]).toBe(Math.round(lag.max[3]!));
});

test("the switch changes the metric of its own chart", async () => {
  const page = await open();
  await show(page, orderFlow());
  await page.getByRole("radio", { name: "depth" }).check();
  expect(await page.locator(".legend").first().locator("tbody th").allInnerTexts()).toEqual([
    "payment",
    "receipts",
    "failed",
  ]);
  expect(await page.locator(".legend").nth(1).locator("tbody tr").count()).toBe(5);
});

test.each(["vscode-light", "vscode-high-contrast", "vscode-high-contrast vscode-high-contrast-light"])(
  "charts and text follow a change to %s",
  async (theme) => {
    const page = await open();
    await show(page, orderFlow());
    const picture = (): Promise<string> =>
      page
        .locator(".plot canvas")
        .first()
        .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    const ink = (): Promise<string> =>
      page.locator("h1").evaluate((element) => getComputedStyle(element).color);
    const before = { picture: await picture(), ink: await ink() };
    await page.evaluate((name) => (document.body.className = name), theme);
    await page.waitForFunction(
      (was) => document.querySelector<HTMLCanvasElement>(".plot canvas")?.toDataURL() !== was,
      before.picture,
    );
    expect(await ink()).not.toBe(before.ink);
    expect(await page.locator(".plot canvas").count()).toBe(2);
  },
);

test("charts follow the width of the panel", async () => {
  const page = await open();
  await show(page, orderFlow());
  await page.setViewportSize({ width: 700, height: 860 });
  await page.waitForFunction(() => {
    const chart = document.querySelector(".plot .uplot")?.getBoundingClientRect();
    const area = document.querySelector(".plot")?.getBoundingClientRect();
    return chart && area && chart.width > 600 && Math.abs(chart.width - area.width) < 1;
  });
});

test("the first metric that moves is shown first", async () => {
  const page = await open();
  const result = orderFlow();
  const series = result.series.map((line) =>
    line.metric === "lag" ? { ...line, mean: line.mean.map(() => 0), max: line.max.map(() => 0) } : line,
  );
  await show(page, { ...result, series });
  expect(await page.getByRole("radio", { name: "depth" }).isChecked()).toBe(true);
});

test("a consumer keeps its looks from metric to metric", async () => {
  const page = await open();
  await show(page, orderFlow());
  const looks = (): Promise<Record<string, string>> =>
    page
      .locator(".legend")
      .nth(1)
      .locator("tbody tr")
      .evaluateAll((rows) =>
        Object.fromEntries(
          rows.map((row) => [row.querySelector("bdi")?.textContent, row.querySelector("line")?.outerHTML]),
        ),
      );
  const before = await looks();
  await page.getByRole("radio", { name: "throughput" }).check();
  expect(await looks()).toEqual(before);
  expect(new Set(Object.values(before)).size).toBe(5);
});

/** Milliseconds at a share of the chart's width, by a click there. */
async function timeAt(page: Page, share: number): Promise<number> {
  const over = (await page.locator(".u-over").nth(1).boundingBox())!;
  await page.mouse.click(over.x + share * (over.width - 1), over.y + 40);
  const slider = page.getByRole("slider", { name: "Time", exact: true });
  return Number(await slider.inputValue());
}

test("keys and a drag zoom into both charts, a double click and 0 show all again", async () => {
  const page = await open();
  await show(page, orderFlow());
  await page.locator(".plot").first().scrollIntoViewIfNeeded();
  const near = async (share: number, seconds: number): Promise<void> => {
    await expect
      .poll(async () => Math.abs((await timeAt(page, share)) / 1000 - seconds), { timeout: 20_000 })
      .toBeLessThan(1.5);
  };
  await near(0.1, 12);
  await page.mouse.move(0, 0);
  await page.locator(".plot").first().focus();
  await page.keyboard.press("0");
  await near(0.5, 60);
  await page.locator(".plot").first().focus();
  await page.keyboard.press("+");
  await near(0.1, 36);
  await near(0.9, 84);
  await page.locator(".plot").first().focus();
  await page.keyboard.press("0");
  await near(0.9, 108);

  const over = (await page.locator(".u-over").first().boundingBox())!;
  await page.mouse.move(over.x + over.width * 0.25, over.y + 60);
  await page.mouse.down();
  await page.mouse.move(over.x + over.width * 0.5, over.y + 60, { steps: 5 });
  await page.mouse.up();
  await near(0.1, 33);
  await near(0.9, 57);
  await page.mouse.dblclick(over.x + over.width / 2, over.y + 60);
  await near(0.9, 108);
});

test("what happened is marked on the axis at its time", async () => {
  const result = orderFlow();
  const happened: Result["occurrences"] = {
    ...result.occurrences,
    rows: 1,
    time: Float64Array.of(90e9),
    kind: Uint8Array.of(0),
    place: Uint16Array.of(0),
    detail: Float64Array.of(0),
    rule: Uint16Array.of(0),
    kinds: ["crashed"],
  };
  const page = await open();
  const picture = (): Promise<string> =>
    page
      .locator(".plot canvas")
      .first()
      .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  await show(page, result);
  const before = await picture();
  await show(page, { ...result, occurrences: happened });
  await expect.poll(picture, { timeout: 20_000 }).not.toBe(before);
  const changed = await page.evaluate(async (was) => {
    const canvas = document.querySelector<HTMLCanvasElement>(".plot canvas")!;
    const picture = new Image();
    picture.src = was;
    await picture.decode();
    const other = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d")!;
    other.drawImage(picture, 0, 0);
    const over = document.querySelector(".u-over")!.getBoundingClientRect();
    const whole = canvas.getBoundingClientRect();
    const [left, top] = [Math.ceil(over.left - whole.left), Math.ceil(over.top - whole.top) + 4];
    const [width, height] = [Math.floor(over.width), Math.floor(over.height) - 8];
    const now = canvas.getContext("2d")!.getImageData(left, top, width, height).data;
    const then = other.getImageData(left, top, width, height).data;
    const found = new Set<number>();
    for (let at = 0; at < now.length; at++) if (now[at] !== then[at]) found.add((at >> 2) % width);
    return [...found].map((column) => column / width);
  }, before);
  expect(changed.length).toBeGreaterThan(0);
  for (const share of changed) expect(Math.abs(share - 0.75)).toBeLessThan(0.01);
});

test("of several runs the figures are means, and tell how sure they are", async () => {
  const page = await open();
  const { queues } = orderFlow().summary;
  const figure = { mean: 41, low: 36.5, high: 45.5 };
  await show(
    page,
    orderFlow({
      queues: { payment: queues["payment"]!, "pay.ment": queues["payment"]! },
      repeat: {
        runs: 5,
        confidence: 0.95,
        figures: { "queues.payment.depth.max": figure, "queues.pay.ment.depth.max": figure },
      },
    }),
  );
  const table = page.locator(".sheet", { hasText: "Queues" }).first();
  for (const path of ["queues.payment.depth.max", 'queues["pay.ment"].depth.max']) {
    const value = table.locator(`[data-path='${path}']`);
    expect(await value.innerText()).toBe("41 ±4.5");
    expect((await value.getAttribute("title"))?.replaceAll("\u202f", " ")).toBe(
      "mean of 5 runs, 95 % sure: 36.5 to 45.5",
    );
  }
  // What the runs say nothing about is the first one's.
  expect(await table.locator("[data-path='queues.payment.depth.end']").innerText()).not.toContain("±");
});
