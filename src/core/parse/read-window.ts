import type { WindowRule } from "../model/consumer-work.ts";
import type { Name } from "../text/span.ts";
import type { Keys, ReadContext } from "./read-context.ts";
import { at, describe, textOf, type Tree } from "./tree.ts";
import { booleanOf, quantityOf } from "./value-read.ts";

/** Windows that one message may be in. */
const overlapMax = 10_000;

/** How a consumer gathers what it sends on; undefined without a `window`, or where it cannot be read. */
export function readWindow(owner: Name, keys: Keys, context: ReadContext): WindowRule | undefined {
  const window = keys.get("window");
  if (window?.kind !== "map") return undefined;
  checkReplies(owner, "window", keys, context);
  const grace = window.entries.has("grace") ? quantityOf(at(window, "grace"), "duration") : 0;
  const common = { grace: grace ?? 0, byKey: textOf(at(window, "by")) === "key" };
  const gap = length("session", at(window, "session"), context);
  if (gap !== undefined) return { kind: "session", gap, ...common };
  const tumbling = length("tumbling", at(window, "tumbling"), context);
  if (tumbling !== undefined) return { kind: "time", size: tumbling, every: tumbling, ...common };
  const size = length("size", at(window, "hopping", "size"), context);
  const every = length("every", at(window, "hopping", "every"), context);
  if (size === undefined || every === undefined || !overlaps(size, every, window, context)) return undefined;
  return { kind: "time", size, every, ...common };
}

/** A window of no length holds nothing. */
function length(key: string, tree: Tree | undefined, context: ReadContext): number | undefined {
  const value = quantityOf(tree, "duration");
  if (value === undefined || value >= 1) return value;
  context.badValue(tree!.span, {
    key,
    found: describe(tree!),
    reason: "a window of no length holds no message; write a time, such as `1m`",
  });
  return undefined;
}

/** As Kafka Streams' `TimeWindows.advanceBy`: no time may be between two windows. */
function overlaps(size: number, every: number, window: Tree, context: ReadContext): boolean {
  const tree = at(window, "hopping", "every")!;
  const found = describe(tree);
  if (every > size)
    context.badValue(tree.span, {
      key: "every",
      found,
      reason:
        "what comes between the end of one window and the start of the next would be in none; write a time up to `size`",
    });
  else if (size / every > overlapMax)
    context.badValue(tree.span, {
      key: "every",
      found,
      reason: `each message would be in ${Math.ceil(size / every)} windows, more than ${overlapMax}; let windows start less often`,
    });
  else return true;
  return false;
}

/** What comes of several messages answers no single request. */
export function checkReplies(
  owner: Name,
  operator: "window" | "join",
  keys: Keys,
  context: ReadContext,
): void {
  const sends = keys.get("sends");
  for (const item of sends?.kind === "list" ? sends.items : []) {
    const reply = item.kind === "map" ? item.entries.get("reply") : undefined;
    if (reply === undefined || booleanOf(reply.value) === false || textOf(at(item, "when")) === "failure")
      continue;
    context.rule(
      reply.key.span,
      `\`${owner.text}\` sends one message for several of its \`${operator}\`, which is the answer to no request. Delete \`reply\`, or let another consumer answer.`,
    );
  }
}
