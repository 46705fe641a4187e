import { useEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";
import type { Size } from "../../shared/size.ts";

/** Where the drawing stands in its window: scaled by `scale`, then moved by `x` and `y`. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

const smallest = 0.1;
const largest = 4;
const slack = 4;

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

export interface Steering {
  readonly view: View;
  zoom(factor: number): void;
  pan(x: number, y: number): void;
  fit(): void;
  /** Brings a point of the drawing into sight, where it is not. */
  show(point: { readonly x: number; readonly y: number }): void;
}

/** Drag pans, the wheel with Ctrl or a pinch zooms about the pointer; the bare wheel is left to the page. */
export function useSteering(of: RefObject<SVGSVGElement | null>, drawing: Size, window: Size): Steering {
  const [moved, setMoved] = useState<View | undefined>(undefined);
  const view = moved ?? fitted(drawing, window);
  const current = useRef(view);
  current.current = view;

  useEffect(() => setMoved(undefined), [drawing]);

  useEffect(() => {
    const svg = of.current;
    if (!svg) return;
    const stop = new AbortController();
    let from: { x: number; y: number; view: View } | undefined;
    let dragged = false;
    const on = <K extends keyof SVGSVGElementEventMap>(
      type: K,
      act: (event: SVGSVGElementEventMap[K]) => void,
      capture = false,
    ): void =>
      svg.addEventListener(type, act as EventListener, { signal: stop.signal, passive: false, capture });

    on("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = svg.getBoundingClientRect();
      setMoved(
        zoomed(
          current.current,
          Math.exp(-event.deltaY / 300),
          event.clientX - box.left,
          event.clientY - box.top,
        ),
      );
    });
    on("pointerdown", (event) => {
      if (event.button !== 0) return;
      from = { x: event.clientX, y: event.clientY, view: current.current };
      dragged = false;
    });
    on("pointermove", (event) => {
      if (!from) return;
      const x = event.clientX - from.x;
      const y = event.clientY - from.y;
      if (!dragged && Math.hypot(x, y) < slack) return;
      if (!dragged) svg.setPointerCapture(event.pointerId);
      dragged = true;
      setMoved({ ...from.view, x: from.view.x + x, y: from.view.y + y });
    });
    for (const end of ["pointerup", "pointercancel"] as const) on(end, () => (from = undefined));
    // The click that ends a drag is not one on a node.
    on("click", (event) => dragged && event.stopPropagation(), true);
    return () => stop.abort();
  }, [of]);

  return {
    view,
    zoom: (factor) => setMoved(zoomed(current.current, factor, window.width / 2, window.height / 2)),
    pan: (x, y) => setMoved({ ...current.current, x: current.current.x + x, y: current.current.y + y }),
    fit: () => setMoved(undefined),
    show: ({ x, y }) => {
      const { scale, x: left, y: top } = current.current;
      const [at, down] = [left + x * scale, top + y * scale];
      if (at > 0 && at < window.width && down > 0 && down < window.height) return;
      setMoved({ scale, x: window.width / 2 - x * scale, y: window.height / 2 - y * scale });
    },
  };
}
