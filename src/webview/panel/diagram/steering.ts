import { useEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";
import type { Point } from "../../../protocol/drawing.ts";
import type { Size } from "../../shared/size.ts";
import { steerByPointer } from "./gestures.ts";
import { fitted, inSight, zoomed } from "./view.ts";
import type { View } from "./view.ts";

export interface Steering {
  readonly view: View;
  zoom(factor: number): void;
  pan(x: number, y: number): void;
  fit(): void;
  /** Brings a point of the drawing to the middle. */
  centre(point: Point): void;
  /** Does so where it is not in sight. */
  show(point: Point): void;
}

/** Where the view stands, and what moves it. */
export function useSteering(of: RefObject<SVGSVGElement | null>, drawing: Size, window: Size): Steering {
  const [moved, setMoved] = useState<View | undefined>(undefined);
  const view = moved ?? fitted(drawing, window);
  const current = useRef(view);
  current.current = view;
  const frame = useRef(window);
  frame.current = window;

  useEffect(() => setMoved(undefined), [drawing]);
  useEffect(
    () => (of.current ? steerByPointer(of.current, () => current.current, setMoved) : undefined),
    [of],
  );

  const centre = ({ x, y }: Point): void => {
    const { scale } = current.current;
    const { width, height } = frame.current;
    setMoved({ scale, x: width / 2 - x * scale, y: height / 2 - y * scale });
  };
  return {
    view,
    zoom: (factor) => setMoved(zoomed(current.current, factor, window.width / 2, window.height / 2)),
    pan: (x, y) => setMoved({ ...current.current, x: current.current.x + x, y: current.current.y + y }),
    fit: () => setMoved(undefined),
    centre,
    show: (point) => {
      if (!inSight({ ...point, width: 0, height: 0 }, current.current, frame.current)) centre(point);
    },
  };
}
