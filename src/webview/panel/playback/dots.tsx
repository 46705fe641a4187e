import type { JSX, RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { color } from "../../shared/theme.ts";
import type { Size } from "../../shared/size.ts";
import { labelHeight } from "../diagram/layout.ts";
import type { Placed } from "../diagram/layout.ts";
import type { View } from "../diagram/view.ts";
import { clock } from "./clock.ts";
import { upTo, type Moments } from "./moments.ts";

/** Milliseconds that a message is seen on an edge, whatever its real way took: nobody would see a tenth of one. */
const passage = 700;
/** Messages drawn at once, of all edges together. */
const mostDots = 10_000;
const samples = 32;
/** Pixels from dot to dot, at the least. */
const apart = 10;

interface DotsProps {
  readonly placed: Placed;
  readonly moments: Moments | undefined;
  readonly view: View;
  readonly size: Size;
}

/** Messages on their way, while the run is played back. Where there are too many, every second, fourth, eighth … is drawn. */
export function Dots({ placed, moments, view, size }: DotsProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const of = useRef(view);
  of.current = view;
  useEffect(() => {
    if (!moments) return;
    const ways = placed.edges.map(({ path }) => wayOf(path));
    const still = matchMedia("(prefers-reduced-motion: reduce)");
    const draw = (): void => {
      if (canvas.current) paint(canvas.current, ways, placed, moments, of.current, still.matches);
    };
    draw();
    return clock.listen(draw);
  }, [placed, moments, size]);
  return <canvas ref={canvas as RefObject<HTMLCanvasElement>} class="dots" aria-hidden="true" />;
}

interface Way {
  /** Pixels. */
  readonly length: number;
  /** At even distances, x and y in turn. */
  readonly points: Float32Array;
}

function wayOf(path: string): Way {
  const points = new Float32Array(2 * (samples + 1));
  if (path === "") return { length: 0, points };
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  const length = line.getTotalLength();
  for (let at = 0; at <= samples; at++) {
    const { x, y } = line.getPointAtLength((length * at) / samples);
    points[2 * at] = x;
    points[2 * at + 1] = y;
  }
  return { length, points };
}

function paint(
  canvas: HTMLCanvasElement,
  ways: readonly Way[],
  { edges, boxes }: Placed,
  moments: Moments,
  { scale, x, y }: View,
  still: boolean,
): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const density = devicePixelRatio;
  if (canvas.width !== width * density || canvas.height !== height * density) {
    canvas.width = width * density;
    canvas.height = height * density;
  }
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  const { at, speed } = clock;
  if (at === undefined || still) return;
  pen.setTransform(density * scale, 0, 0, density * scale, density * x, density * y);
  pen.fillStyle = color("var(--fg)");
  const long = passage * speed;
  edges.forEach(({ number }, index) => {
    const times = moments.flows[number];
    const { length, points } = ways[index]!;
    if (!times || length === 0) return;
    const most = Math.min(length / apart, mostDots / edges.length);
    const from = upTo(times, at - long);
    const until = upTo(times, at);
    let stride = 1;
    while ((until - from) / stride > most) stride *= 2;
    for (let one = Math.ceil(from / stride) * stride; one < until; one += stride) {
      const way = Math.min(1, (at - times[one]!) / long) * samples;
      const before = Math.min(samples - 1, Math.floor(way));
      const part = way - before;
      const px = points[2 * before]! * (1 - part) + points[2 * before + 2]! * part;
      const py = points[2 * before + 1]! * (1 - part) + points[2 * before + 3]! * part;
      pen.fillRect(px - 2, py - 2, 4, 4);
    }
  });
  for (const { x: left, y: top, width: w, height: h } of boxes)
    pen.clearRect(left - w / 2, top - h / 2, w, h);
  for (const { label } of edges) {
    const h = label.texts.length * labelHeight;
    pen.clearRect(label.x - label.width / 2 + 2, label.y - h / 2, label.width - 4, h);
  }
}
