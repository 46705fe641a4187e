import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Point } from "../../../protocol/drawing.ts";
import type { Size } from "../../shared/size.ts";
import type { Placed } from "./layout.ts";
import { covers } from "./view.ts";
import type { View } from "./view.ts";

/** Pixels. */
const room: Size = { width: 150, height: 110 };

interface MinimapProps {
  readonly placed: Placed;
  readonly view: View;
  readonly size: Size;
  readonly onPoint: (point: Point) => void;
}

/**
 * The whole drawing, small, with a frame about what is in sight, where that is not all; a press or a drag moves it there. For the
 * pointer alone: the diagram's own keys do the same.
 */
export function Minimap({ placed, view, size, onPoint }: MinimapProps): JSX.Element | null {
  const boxes = useMemo(
    () =>
      placed.boxes.map(({ node, model, x, y, width, height }) => (
        <rect
          key={node.id}
          class={`${node.kind} ${model ?? ""}`}
          x={x - width / 2}
          y={y - height / 2}
          width={width}
          height={height}
        />
      )),
    [placed],
  );
  if (placed.boxes.length === 0 || covers(view, placed, size)) return null;
  const scale = Math.min(room.width / placed.width, room.height / placed.height);
  const go = ({ clientX, clientY, currentTarget }: PointerEvent): void => {
    const { left, top } = (currentTarget as Element).getBoundingClientRect();
    onPoint({ x: (clientX - left - 1) / scale, y: (clientY - top - 1) / scale });
  };
  return (
    <svg
      class="minimap"
      width={Math.max(placed.width * scale, 12)}
      height={Math.max(placed.height * scale, 12)}
      viewBox={`0 0 ${placed.width} ${placed.height}`}
      preserveAspectRatio="xMinYMin"
      aria-hidden="true"
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        go(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) go(event);
      }}
    >
      {boxes}
      <rect
        class="frame"
        x={-view.x / view.scale}
        y={-view.y / view.scale}
        width={size.width / view.scale}
        height={size.height / view.scale}
      />
    </svg>
  );
}
