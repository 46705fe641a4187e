import type { Point } from "../../../protocol/drawing.ts";
import type { Size } from "../../shared/size.ts";

/** Where the drawing stands in its window: scaled by `scale`, then moved by `x` and `y`. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

const smallest = 0.02;
const largest = 4;
/** Below this scale what stands under a node's name is too small to be read, and is left out. */
export const readable = 0.3;

/** Scaled by less, what stands under a node's name is hard to read. */
const legible = 9 / 11;
/** Pixels; of a higher drawing nothing is legible on one screen. */
const highest = 3000;

/** How high the window of a drawing is, as CSS says it: no more than a good half of the page, unless it takes more to be read. */
export function heightFor(drawing: Size, width: number): string {
  const scale = Math.min(1, width / drawing.width || 1);
  const natural = Math.max(160, drawing.height * scale);
  const needed = drawing.height > highest ? 0 : drawing.height * Math.min(scale, legible);
  return `min(${Math.round(natural)}px, clamp(56vh, ${Math.ceil(needed)}px, 110vh))`;
}

/** The whole drawing in the middle of the window, never above its natural size. */
export function fitted(drawing: Size, window: Size): View {
  const scale = Math.max(
    smallest,
    Math.min(1, window.width / drawing.width, window.height / drawing.height) || 1,
  );
  return {
    scale,
    x: (window.width - drawing.width * scale) / 2,
    y: (window.height - drawing.height * scale) / 2,
  };
}

/** Scales about a point of the window, which stays where it is. */
export function zoomed(view: View, factor: number, x: number, y: number): View {
  const scale = Math.min(largest, Math.max(smallest, view.scale * factor));
  const by = scale / view.scale;
  return { scale, x: x - (x - view.x) * by, y: y - (y - view.y) * by };
}

/** Whether any of a box, given by its middle, is in the window. */
export function inSight(box: Size & Point, view: View, window: Size): boolean {
  const [left, top] = [view.x + box.x * view.scale, view.y + box.y * view.scale];
  const [wide, high] = [(box.width * view.scale) / 2, (box.height * view.scale) / 2];
  return left + wide > 0 && left - wide < window.width && top + high > 0 && top - high < window.height;
}

/** Whether the whole drawing is in the window. */
export function covers({ scale, x, y }: View, drawing: Size, window: Size): boolean {
  const [right, bottom] = [x + drawing.width * scale, y + drawing.height * scale];
  return x > -1 && y > -1 && right < window.width + 1 && bottom < window.height + 1;
}
