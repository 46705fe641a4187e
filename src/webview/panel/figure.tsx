import { createContext } from "preact";
import type { JSX } from "preact";
import { useContext } from "preact/hooks";
import { format } from "../shared/format.ts";
import type { Format } from "../shared/format.ts";
import type { Summary } from "./result.ts";

/** One number of the summary: where it stands there, and how it is written. */
export interface Figure {
  readonly path: string;
  readonly value: number | null;
  readonly as: Format;
  /** Set where a number other than 0 means that something went wrong. */
  readonly alarm?: Alarm | undefined;
  /** Stands before the number where a cell holds several. */
  readonly label?: string;
}

export type Alarm = "warn" | "bad";

type Steps = readonly (string | number)[];

const plain = /^[A-Za-z0-9_-]+$/;

/** A path into the summary as `simulate --json` prints it: `queues.payment.depth.max`, `queues["a.b"].depth.max`. */
export function path(...steps: Steps): string {
  let text = "";
  for (const step of steps) {
    const word = String(step);
    text += plain.test(word) ? `${text && "."}${word}` : `[${JSON.stringify(word)}]`;
  }
  return text;
}

/** The steps of a path with dots between, as several runs name their figures. */
const stepsIn = (path: string): string =>
  path.replace(/\.?\[("(?:[^"\\]|\\.)*")\]/g, (_, quoted: string) => `.${JSON.parse(quoted) as string}`);

/** What stands at a path, by own properties alone: a name from a file may be `constructor`. */
export function dig(from: unknown, steps: Steps): unknown {
  let at: unknown = from;
  for (const step of steps) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Readonly<Record<string | number, unknown>>)[step];
  }
  return at;
}

/** What several runs say of each number, where the file asks for several. */
export const Repeat = createContext<Summary["repeat"]>(undefined);

/** What a person reads, and for those who ask the exact number and its place in `simulate --json`. */
export function Value({ path, value, as, alarm }: Figure): JSX.Element {
  const mood = value ? (alarm ?? "") : "zero";
  const repeat = useContext(Repeat);
  const over = repeat?.figures[stepsIn(path)];
  if (repeat && over)
    return (
      <span
        class={`value ${mood}`}
        data-path={path}
        data-value={String(over.mean)}
        title={`mean of ${repeat.runs} runs, ${format(repeat.confidence, "share")} sure: ${format(over.low, as)} to ${format(over.high, as)}`}
      >
        {format(over.mean, as)}
        {over.high > over.low && <span class="dim"> ±{format(over.high - over.mean, as)}</span>}
      </span>
    );
  return (
    <span
      class={`value ${mood}`}
      data-path={path}
      data-value={String(value)}
      title={value === null ? "no value" : String(value)}
    >
      {format(value, as)}
    </span>
  );
}
