import type { Point } from "../../../protocol/drawing.ts";
import { zoomed } from "./view.ts";
import type { View } from "./view.ts";

/** Pixels that a press may move and still be one. */
const slack = 4;

/**
 * One pointer drags the view, two pinch it, the wheel with Ctrl zooms about the pointer; the bare wheel is left to the page.
 * Answers what ends it.
 */
export function steerByPointer(svg: SVGSVGElement, view: () => View, move: (view: View) => void): () => void {
  const stop = new AbortController();
  const down = new Map<number, Point>();
  /** Where the pointers and the view were when the last of them came or went. */
  let from: { readonly middle: Point; readonly apart: number; readonly view: View } | undefined;
  let dragged = false;
  const on = <K extends keyof SVGSVGElementEventMap>(
    type: K,
    act: (event: SVGSVGElementEventMap[K]) => void,
    capture = false,
  ): void =>
    svg.addEventListener(type, act as EventListener, { signal: stop.signal, passive: false, capture });
  const inside = ({ clientX, clientY }: MouseEvent): Point => {
    const { left, top } = svg.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };
  const begin = (): void => {
    from = down.size === 0 ? undefined : { ...span(down), view: view() };
  };

  on("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { x, y } = inside(event);
    move(zoomed(view(), Math.exp(-event.deltaY / 300), x, y));
  });
  on("pointerdown", (event) => {
    if (event.button !== 0 || down.size === 2) return;
    if (down.size === 0) dragged = false;
    down.set(event.pointerId, inside(event));
    begin();
  });
  on("pointermove", (event) => {
    if (!from || !down.has(event.pointerId)) return;
    down.set(event.pointerId, inside(event));
    const { middle, apart } = span(down);
    const [x, y] = [middle.x - from.middle.x, middle.y - from.middle.y];
    if (!dragged && down.size === 1 && Math.hypot(x, y) < slack) return;
    if (!dragged) for (const pointer of down.keys()) svg.setPointerCapture(pointer);
    dragged = true;
    const factor = from.apart > 0 ? apart / from.apart : 1;
    const scaled = zoomed(from.view, factor, from.middle.x, from.middle.y);
    move({ ...scaled, x: scaled.x + x, y: scaled.y + y });
  });
  on("pointerup", ({ pointerId }) => {
    if (down.delete(pointerId)) begin();
  });
  // The page scrolls after all: nothing was meant for the diagram.
  on("pointercancel", ({ pointerId }) => {
    if (from && dragged && down.has(pointerId)) move(from.view);
    if (down.delete(pointerId)) begin();
  });
  // The click that ends a drag is not one on a node.
  on("click", (event) => dragged && event.stopPropagation(), true);
  return () => stop.abort();
}

/** The middle of one or two pointers, and how far these are apart. */
function span(pointers: ReadonlyMap<number, Point>): { readonly middle: Point; readonly apart: number } {
  const [first = { x: 0, y: 0 }, second = first] = [...pointers.values()];
  return {
    middle: { x: (first.x + second.x) / 2, y: (first.y + second.y) / 2 },
    apart: Math.hypot(second.x - first.x, second.y - first.y),
  };
}
