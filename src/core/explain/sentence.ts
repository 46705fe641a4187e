import type { NumberForm, Piece } from "../stats/finding.ts";

const plainName = /^[A-Za-z0-9_-]+$/;

/** A path into the summary as `simulate --json` prints it: `queues.payment.depth.max`, `queues["a.b"].depth.max`. */
export function pathOf(...steps: readonly string[]): string {
  let text = "";
  for (const step of steps)
    text += plainName.test(step) ? `${text && "."}${step}` : `[${JSON.stringify(step)}]`;
  return text;
}

/** What stands at a path, by own properties alone: a name from a file may be `constructor`. */
export function dig(from: unknown, steps: readonly string[]): unknown {
  let at: unknown = from;
  for (const step of steps) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[step];
  }
  return at;
}

/**
 * A sentence with holes, about an entry of the summary: `{}` is the name that the entry has there, `{depth.max}` the number
 * at that path inside it, `{expired|message}` the number with its noun, `{utilization:share}` the number in another form; `{*}`
 * is the number at `star`, and `{reason}` the last step of that path.
 */
export function say(
  entry: unknown,
  at: readonly string[],
  sentence: string,
  star: readonly string[] = [],
): readonly Piece[] {
  return sentence.split(/[{}]/).flatMap((text, index): Piece[] => {
    if (index % 2 === 0) return text === "" ? [] : [text];
    if (text === "") return [{ name: at[1] ?? "" }];
    if (text === "reason") return [{ quote: star.at(-1) ?? "" }];
    const [steps = "", noun] = text.split("|");
    const [where = "", as = "count"] = steps.split(":");
    const inner = where === "*" ? star : where.split(".");
    const value = Number(dig(entry, inner));
    const figure = { path: pathOf(...at, ...inner), value, as: as as NumberForm };
    return noun === undefined ? [figure] : [figure, ` ${plural(value, noun)}`];
  });
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? one : many;
}

export const time = (ms: number): Piece => ({ value: ms, as: "duration" });
export const share = (value: number): Piece => ({ value, as: "share" });
export const count = (value: number): Piece => ({ value, as: "count" });
