import { sourceKeys, withOneInput, withOneSource } from "../model/reading-keys.ts";
import type { Name } from "../text/span.ts";
import { Keys, type ReadContext } from "./read-context.ts";
import type { MapTree } from "./tree.ts";

/** What a consumer reads: its keys, or of several inputs the keys of each with those that they share. */
export interface Input {
  /** Its place among `inputs`, from 0; undefined where there are none. */
  readonly input: number | undefined;
  readonly keys: Keys;
}

/** One where `inputs` is missing, is no list, or stands beside another source; what is wrong with its entries is told elsewhere. */
export function readInputs({ text }: Name, keys: Keys, map: MapTree, context: ReadContext): readonly Input[] {
  const list = keys.get("inputs");
  const alone = sourceKeys.every((key) => key === "inputs" || !keys.has(key));
  if (list?.kind !== "list" || !alone) return [{ input: undefined, keys }];
  for (const key of withOneInput)
    if (keys.has(key))
      context.rule(
        keys.keySpan(key)!,
        `\`${key}\` says how one of the inputs of \`${text}\` is read. Move it beside the \`topic\` or \`queue\` that it is for.`,
      );
  for (const key of withOneSource)
    if (keys.has(key))
      context.rule(
        keys.keySpan(key)!,
        `\`${key}\` keeps state of what one source brings, and \`${text}\` has \`inputs\`. Let a consumer with a \`topic\`, \`topics\`, \`queue\` or \`queues\` do it.`,
      );
  const own = new Set([...sourceKeys, ...withOneInput, ...withOneSource]);
  const shared: MapTree = { ...map, entries: new Map([...map.entries].filter(([key]) => !own.has(key))) };
  return list.items.flatMap((item, input) =>
    item.kind === "map" ? [{ input, keys: new Keys(item, shared) }] : [],
  );
}
