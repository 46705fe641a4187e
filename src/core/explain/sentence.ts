import type { NumberForm, Piece } from "../stats/finding.ts";
import { dig, pathOf } from "../stats/paths.ts";

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
