import { expect, test } from "vitest";
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
