import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import type { Line } from "./box.ts";
import type { Placed, PlacedBox } from "./layout.ts";
import { Node } from "./node.tsx";
import type { NodeProps } from "./node.tsx";

type Looks = Omit<NodeProps, "of" | "here" | "spotted"> & {
  readonly here: string | undefined;
  readonly spotted: string | undefined;
};

/** What time does to nodes. */
interface Now {
  /** The run as a whole is shown, not a time of it. */
  readonly whole: boolean;
  /** Time stands still: all is told, in sight or not. */
  readonly rests: boolean;
  /** Too small for texts: of what moves, bars alone are seen. */
  readonly far: boolean;
  readonly seen: (of: PlacedBox) => boolean;
  readonly linesOf: (of: PlacedBox) => readonly Line[];
}

interface Kept {
  readonly mark: number;
  readonly lines: readonly Line[];
  readonly barred: boolean;
  readonly shown: JSX.Element;
}

/** The nodes, of which only those that look otherwise are made anew. */
export function useNodes(placed: Placed, { here, spotted, ...looks }: Looks, now: Now): JSX.Element {
  const kept = useMemo(() => new Map<string, Kept>(), [placed, now.whole]);
  const drawn = useRef<JSX.Element | undefined>(undefined);
  let same = drawn.current !== undefined;
  const bare = now.far && !now.rests;
  const alike = bare ? barsAlike : linesAlike;
  const shown = placed.boxes.map((of) => {
    const { id } = of.node;
    const mark = Number(id === here) + 2 * Number(id === spotted);
    const was = kept.get(id);
    if (was?.mark === mark) {
      if ((bare && !was.barred) || !(now.rests || now.seen(of))) return was.shown;
      if (alike(now.linesOf(of), was.lines)) return was.shown;
    }
    same = false;
    const lines = now.linesOf(of);
    const made = (
      <Node key={id} of={{ ...of, lines }} here={id === here} spotted={id === spotted} {...looks} />
    );
    kept.set(id, { mark, lines, barred: lines.some(barOf), shown: made });
    return made;
  });
  if (!same) drawn.current = <>{shown}</>;
  return drawn.current!;
}

/** Ends of bars, as shares of the room that they have. */
function barOf(line: Line): readonly number[] | undefined {
  if (line.kind === "log") return [line.start / line.of, line.read / line.of, line.end / line.of];
  if (line.kind === "level") return [line.end / line.of, line.mean / line.of, line.max / line.of];
  return undefined;
}

/** A part of a bar that nobody sees: less than a quarter of a pixel where texts are too small to be read. */
const unseen = 1 / 240;

function barsAlike(now: readonly Line[], was: readonly Line[]): boolean {
  return now.every((line, index) => {
    const before = barOf(was[index]!);
    return barOf(line)?.every((end, at) => Math.abs(end - before![at]!) < unseen) ?? true;
  });
}

function linesAlike(now: readonly Line[], was: readonly Line[]): boolean {
  return JSON.stringify(now) === JSON.stringify(was);
}
