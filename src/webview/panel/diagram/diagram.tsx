import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { place } from "../../shared/host.ts";
import { brief } from "../../shared/name.tsx";
import { useSize } from "../../shared/size.ts";
import type { Size } from "../../shared/size.ts";
import { useRest, useTime } from "../playback/clock.ts";
import { Dots } from "../playback/dots.tsx";
import { linesAt } from "../playback/lines-at.ts";
import type { Moments } from "../playback/moments.ts";
import type { Result } from "../result.ts";
import type { Line } from "./box.ts";
import { drawingOf, labelHeight, placed as placedIn, sketch } from "./layout.ts";
import type { Placed, PlacedBox, PlacedEdge } from "./layout.ts";
import { Minimap } from "./minimap.tsx";
import type { Fonts } from "./node.tsx";
import { useNodes } from "./nodes.tsx";
import { Stations } from "./stations.tsx";
import { useSteering } from "./steering.ts";
import type { Steering } from "./steering.ts";
import { useSpot } from "./spot.ts";
import { useRoom } from "./room.ts";
import { covers, heightFor, inSight, readable } from "./view.ts";

/** The topology as the run used it: what is connected, how much went where, how full and how busy. */
export function Diagram({
  result,
  moments,
  here,
}: {
  readonly result: Result;
  readonly moments: Moments | undefined;
  /** The id of the node that the editor's cursor is about. */
  readonly here: string | undefined;
}): JSX.Element {
  const at = useTime();
  const fonts = useFonts();
  const stage = useRef<HTMLDivElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  const size = useSize(stage);
  const { placed, failure } = usePlaced(result, fonts.detail, useRoom(size));
  const steering = useSteering(svg, placed, size);
  const { scale, x, y } = steering.view;
  const spotted = useSpot();
  useEffect(() => {
    const box = placed.boxes.find(({ node }) => node.id === spotted);
    if (box) steering.show(box);
  }, [spotted]);
  // What time does not change is made once for each layout.
  const [arrows, labels] = useMemo(() => {
    const all = (Part: typeof Edge | typeof Label): JSX.Element => (
      <>
        {placed.edges.map((of, index) => (
          <Part key={index} of={of} />
        ))}
      </>
    );
    return [all(Edge), all(Label)];
  }, [placed]);
  const linesNow = (of: PlacedBox): readonly Line[] =>
    at === undefined || !moments ? of.lines : linesAt(of, result, moments, at);
  const far = scale < readable;
  const nodes = useNodes(
    placed,
    { fonts, here, spotted, onFocus: steering.show },
    {
      whole: at === undefined,
      rests: useRest(at),
      far,
      seen: (of) => inSight(of, steering.view, size),
      linesOf: linesNow,
    },
  );
  return (
    <section class="diagram" aria-label="Topology">
      <div class="pane">
        <div class="stage" ref={stage} style={{ minHeight: heightFor(placed, size.width) }}>
          <svg
            ref={svg}
            class={covers(steering.view, placed, size) ? "whole" : ""}
            width={size.width}
            height={size.height}
            tabindex={0}
            role="group"
            aria-label="Diagram of the topology. Arrow keys move it, plus and minus zoom, 0 fits it."
            onKeyDown={(event) => steer(event, steering)}
          >
            <Arrows />
            <g class={far ? "far" : ""} transform={`translate(${x} ${y}) scale(${scale})`}>
              {arrows}
              {nodes}
              {labels}
            </g>
          </svg>
          <Dots placed={placed} moments={moments} view={steering.view} size={size} />
        </div>
        <Minimap placed={placed} view={steering.view} size={size} onPoint={steering.centre} />
        <div class="zoom" role="group" aria-label="Zoom">
          <button
            type="button"
            onClick={() => steering.zoom(1 / 1.25)}
            aria-label="Zoom out"
            title="Zoom out (−, or Ctrl and the wheel)"
          >
            −
          </button>
          <button type="button" onClick={() => steering.fit()} title="Fit the whole topology (0)">
            fit
          </button>
          <button
            type="button"
            onClick={() => steering.zoom(1.25)}
            aria-label="Zoom in"
            title="Zoom in (+, or Ctrl and the wheel)"
          >
            +
          </button>
        </div>
      </div>
      <Stations boxes={placed.boxes} edges={result.graph.edges} at={moments && at} linesOf={linesNow} />
      {failure !== undefined && <p role="alert">The topology could not be drawn. {failure}</p>}
    </section>
  );
}

interface Drawn {
  /** The last one that came back; nothing before the first. */
  readonly placed: Placed;
  /** What it is of. */
  readonly of: Result | undefined;
  /** Why there is none, as a sentence. */
  readonly failure: string | undefined;
}

const blank: Placed = { boxes: [], edges: [], width: 0, height: 0, down: false };
/** A drawing of more edges cannot be read as a whole, whichever way it leads. */
const mostTurned = 200;

/** The layout is asked of the host: until it comes, what was drawn before stays, and for longer where it would be the same. */
function usePlaced(result: Result, font: string, room: Size | undefined): Drawn {
  const [drawn, setDrawn] = useState<Drawn>({ placed: blank, of: undefined, failure: undefined });
  const within = result.graph.edges.length > mostTurned ? undefined : room;
  useEffect(() => {
    if (room === undefined) return;
    let awaited = true;
    const drawing = sketch(result, font);
    place(drawingOf(drawing, within)).then(
      (placement) =>
        awaited &&
        setDrawn((was) =>
          was.of === result && was.placed.down === placement.down
            ? was
            : { placed: placedIn(drawing, placement), of: result, failure: undefined },
        ),
      ({ message }: Error) => awaited && setDrawn({ placed: blank, of: undefined, failure: message }),
    );
    return () => {
      awaited = false;
    };
  }, [result, font, within, room === undefined]);
  return drawn;
}

function useFonts(): Fonts {
  return useMemo(() => {
    const family = getComputedStyle(document.body).fontFamily;
    return { title: `600 12px ${family}`, detail: `11px ${family}` };
  }, []);
}

function steer(event: KeyboardEvent, { zoom, pan, fit }: Steering): void {
  const step = 40;
  const acts: Readonly<Record<string, () => void>> = {
    "+": () => zoom(1.25),
    "=": () => zoom(1.25),
    "-": () => zoom(1 / 1.25),
    "0": fit,
    ArrowLeft: () => pan(step, 0),
    ArrowRight: () => pan(-step, 0),
    ArrowUp: () => pan(0, step),
    ArrowDown: () => pan(0, -step),
  };
  const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

function Arrows(): JSX.Element {
  return (
    <defs>
      <marker
        id="arrow"
        markerUnits="userSpaceOnUse"
        markerWidth="9"
        markerHeight="9"
        refX="8"
        refY="4.5"
        orient="auto"
      >
        <path class="arrow" d="M0 0.5L8.5 4.5L0 8.5z" />
      </marker>
    </defs>
  );
}

function Edge({ of: { edge, back, path, weight } }: { readonly of: PlacedEdge }): JSX.Element {
  return (
    <path
      class={`edge${back ? " back" : ""}${edge.messages > 0 ? "" : " unused"}`}
      d={path}
      stroke-width={back ? 1 : weight.toFixed(2)}
      marker-end="url(#arrow)"
    />
  );
}

function Label({ of: { edge, label } }: { readonly of: PlacedEdge }): JSX.Element {
  const top = label.y - ((label.texts.length - 1) * labelHeight) / 2 + 4;
  return (
    <g class="label">
      {edge.label !== "" && <title>{brief(edge.label)}</title>}
      <rect
        x={label.x - label.width / 2 + 2}
        y={top - 11}
        width={Math.max(0, label.width - 4)}
        height={label.texts.length * labelHeight + 1}
      />
      {label.texts.map((text, index) => (
        <text key={index} x={label.x} y={top + index * labelHeight} text-anchor="middle">
          {text}
        </text>
      ))}
    </g>
  );
}
