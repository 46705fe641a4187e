import type { JSX, RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { color, useTheme } from "../../shared/theme.ts";
import type { Size } from "../../shared/size.ts";
import { labelHeight } from "../diagram/layout.ts";
import type { Placed } from "../diagram/layout.ts";
import { inSight, readable } from "../diagram/view.ts";
import type { View } from "../diagram/view.ts";
import { clock } from "./clock.ts";
import { upTo, type Moments } from "./moments.ts";
import { samples, wayOf, type Way } from "./way.ts";

/** Milliseconds that a message is seen on an edge, whatever its real way took: nobody would see a tenth of one. */
const passage = 700;
/** Messages drawn at once, of all edges together. */
const mostDots = 10_000;
/** Pixels, at natural size and on the screen. */
const dot = 4;
const smallestDot = 1.5;
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
  const theme = useTheme();
  useEffect(() => {
    if (!moments) return;
    let ways: readonly Way[] | undefined;
    const still = matchMedia("(prefers-reduced-motion: reduce)");
    const ink = color("var(--fg)");
    const draw = (): void => {
      if (clock.at !== undefined) ways ??= placed.edges.map(({ path }) => wayOf(path));
      if (canvas.current)
        paint(canvas.current, size, ink, ways ?? [], placed, moments, of.current, still.matches);
    };
    draw();
    return clock.listen(draw);
  }, [placed, moments, size, theme]);
  return <canvas ref={canvas as RefObject<HTMLCanvasElement>} class="dots" aria-hidden="true" />;
}

function paint(
  canvas: HTMLCanvasElement,
  size: Size,
  ink: string,
  ways: readonly Way[],
  { edges, boxes }: Placed,
  moments: Moments,
  view: View,
  still: boolean,
): void {
  const density = devicePixelRatio;
  const [across, down] = [Math.round(size.width * density), Math.round(size.height * density)];
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across;
    canvas.height = down;
  }
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, across, down);
  const { at, speed } = clock;
  if (at === undefined || still) return;
  const { scale, x, y } = view;
  pen.setTransform(density * scale, 0, 0, density * scale, density * x, density * y);
  pen.fillStyle = ink;
  const wide = Math.max(dot, smallestDot / scale);
  const [left, top] = [-x / scale - wide, -y / scale - wide];
  const [right, bottom] = [left + size.width / scale + 2 * wide, top + size.height / scale + 2 * wide];
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
      if (px < left || px > right || py < top || py > bottom) continue;
      pen.fillRect(px - wide / 2, py - wide / 2, wide, wide);
    }
  });
  for (const box of boxes)
    if (inSight(box, view, size))
      pen.clearRect(box.x - box.width / 2, box.y - box.height / 2, box.width, box.height);
  if (scale < readable) return;
  for (const { label } of edges) {
    const height = label.texts.length * labelHeight;
    if (inSight({ ...label, height }, view, size))
      pen.clearRect(label.x - label.width / 2 + 2, label.y - height / 2, label.width - 4, height);
  }
}
