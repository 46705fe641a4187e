import type { CDPSession, Page } from "playwright-core";
import { expect, test } from "vitest";
import { show } from "./editor.ts";
import { panels } from "./opened-panel.ts";
import { orderFlow } from "./order-flow.ts";

const { open } = panels();
const poll = <T>(of: () => Promise<T>) => expect.poll(of, { timeout: 20_000 });

interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** Where the diagram stands. */
async function view(page: Page): Promise<View> {
  const text = await page.locator(".stage svg > g").getAttribute("transform");
  const [x = NaN, y = NaN, scale = NaN] = (text?.match(/-?[\d.]+(e-?\d+)?/g) ?? []).map(Number);
  return { scale, x, y };
}

const moved = async (page: Page, was: View): Promise<View> => {
  await poll(() => view(page)).not.toEqual(was);
  return view(page);
};

const box = async (
  page: Page,
  selector: string,
): Promise<{ x: number; y: number; width: number; height: number }> =>
  (await page.locator(selector).boundingBox())!;

async function zoomedIn(page: Page): Promise<View> {
  const was = await view(page);
  for (let turn = 0; turn < 4; turn++) await page.getByRole("button", { name: "Zoom in" }).click();
  return moved(page, was);
}

/** What is in the middle of the diagram's window, in the drawing's pixels. */
async function middle(page: Page): Promise<{ x: number; y: number }> {
  const [{ x, y, scale }, { width, height }] = [await view(page), await box(page, ".stage")];
  return { x: (width / 2 - x) / scale, y: (height / 2 - y) / scale };
}

test("the small map is there while not all is in sight; a press and a drag on it move the diagram", async () => {
  const page = await open();
  await show(page, orderFlow());
  expect(await page.locator(".minimap").count()).toBe(0);
  const zoomed = await zoomedIn(page);
  await page.waitForSelector(".minimap");
  expect(await page.locator(".minimap rect:not(.frame)").count()).toBe(await page.locator(".node").count());
  // Who moves with keys has the diagram's own: nothing here takes the focus or is read aloud.
  expect(await page.locator(".minimap").getAttribute("aria-hidden")).toBe("true");
  expect(await page.locator(".minimap [tabindex]").count()).toBe(0);

  const map = await box(page, ".minimap");
  const queue = await box(page, ".minimap rect:nth-child(8)");
  await page.mouse.click(queue.x + queue.width / 2, queue.y + queue.height / 2);
  const there = await moved(page, zoomed);
  expect(there.scale).toBe(zoomed.scale);
  const shown = await box(page, `[data-node="${orderFlow().graph.nodes[7]!.id}"] .outline`);
  const stage = await box(page, ".stage");
  expect(Math.abs(shown.x + shown.width / 2 - (stage.x + stage.width / 2))).toBeLessThan(stage.width / 10);
  expect(Math.abs(shown.y + shown.height / 2 - (stage.y + stage.height / 2))).toBeLessThan(stage.height / 10);

  await page.mouse.move(map.x + map.width / 2, map.y + map.height / 2);
  await page.mouse.down();
  await page.mouse.move(map.x + 2, map.y + 2, { steps: 3 });
  await page.mouse.up();
  await poll(async () => (await middle(page)).x).toBeLessThan(20);

  await page.getByRole("button", { name: "fit" }).click();
  await page.waitForSelector(".minimap", { state: "detached" });
});

test("a node that gets the focus comes into sight", async () => {
  const page = await open();
  await show(page, orderFlow());
  await zoomedIn(page);
  await page.locator(".stage svg").first().focus();
  const first = await view(page);
  for (let turn = 0; turn < 12; turn++) await page.keyboard.press("ArrowLeft");
  const away = await moved(page, first);
  await page.keyboard.press("Tab");
  await moved(page, away);
  const stage = await box(page, ".stage");
  const focused = await box(page, ".node:focus");
  expect(focused.x).toBeGreaterThan(stage.x - focused.width);
  expect(focused.x).toBeLessThan(stage.x + stage.width);
});

type Finger = { readonly x: number; readonly y: number };

async function touches(
  page: Page,
): Promise<(type: "touchStart" | "touchMove" | "touchEnd", fingers: readonly Finger[]) => Promise<unknown>> {
  const session: CDPSession = await page.context().newCDPSession(page);
  return (type, fingers) =>
    session.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: fingers.map(({ x, y }, id) => ({ x, y, id })),
    });
}

test("one finger moves what does not fit, two pinch it, a tap goes to the file", async () => {
  const page = await open({ hasTouch: true });
  await show(page, orderFlow());
  const touch = await touches(page);
  const stage = await box(page, ".stage");
  const [x, y] = [stage.x + stage.width / 2, stage.y + stage.height / 2];

  const fitted = await view(page);
  await touch("touchStart", [
    { x: x - 20, y },
    { x: x + 20, y },
  ]);
  for (const apart of [30, 45, 60, 80])
    await touch("touchMove", [
      { x: x - apart, y },
      { x: x + apart, y },
    ]);
  await touch("touchEnd", []);
  const pinched = await moved(page, fitted);
  await poll(async () => (await view(page)).scale / fitted.scale).toBeCloseTo(4, 1);
  // What was between the fingers is there still.
  const { scale } = await view(page);
  expect((await middle(page)).x).toBeCloseTo((stage.width / 2 - fitted.x) / fitted.scale, 0);
  expect(pinched.scale).toBeLessThanOrEqual(scale);

  const before = await view(page);
  await touch("touchStart", [{ x, y }]);
  for (const by of [20, 40, 60]) await touch("touchMove", [{ x: x + by, y: y - by }]);
  await touch("touchEnd", []);
  await poll(async () => Math.round((await view(page)).x - before.x)).toBe(60);
  expect(Math.round((await view(page)).y - before.y)).toBe(-60);
  expect(await page.evaluate(() => document.documentElement.scrollTop)).toBe(0);

  await page.getByRole("button", { name: "fit" }).click();
  await poll(() => view(page)).toEqual(fitted);
  const node = await box(page, '[data-node="queue:payment"] .outline');
  // A slow machine may make a long press of a tap, which is no click.
  await poll(async () => {
    await page.touchscreen.tap(node.x + node.width / 2, node.y + node.height / 2);
    return page.evaluate(() => window.posted.at(-1));
  }).toMatchObject({ type: "reveal", start: 500, end: 507 });
});

test("a finger scrolls the page over a diagram that fits", async () => {
  const page = await open({ hasTouch: true });
  await show(page, orderFlow());
  const fitted = await view(page);
  const touch = await touches(page);
  const stage = await box(page, ".stage");
  const [x, y] = [stage.x + stage.width / 2, stage.y + stage.height - 20];
  await touch("touchStart", [{ x, y }]);
  for (const by of [20, 60, 100, 140]) await touch("touchMove", [{ x, y: y - by }]);
  await touch("touchEnd", []);
  await poll(() => page.evaluate(() => document.documentElement.scrollTop)).toBeGreaterThan(50);
  await poll(() => view(page)).toEqual(fitted);
});
