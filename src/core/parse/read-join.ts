import type { JoinRule } from "../model/consumer-work.ts";
import type { Source } from "../model/topology.ts";
import type { Name } from "../text/span.ts";
import type { Names } from "./names.ts";
import type { Keys, ReadContext } from "./read-context.ts";
import { checkReplies } from "./read-window.ts";
import { at, nameOf } from "./tree.ts";
import { quantityOf } from "./value-read.ts";

/** Which messages of two of its sources a consumer brings together; undefined without a `join`, or where it cannot be read. */
export function readJoin(
  owner: Name,
  keys: Keys,
  from: Source,
  known: Names,
  context: ReadContext,
): JoinRule | undefined {
  const join = keys.get("join");
  if (join?.kind !== "map") return undefined;
  checkReplies(owner, "join", keys, context);
  if (keys.has("window"))
    context.rule(
      keys.keySpan("join")!,
      `\`${owner.text}\` has a \`window\` and a \`join\`; a consumer has one of the two. Let another consumer gather the pairs.`,
    );
  const of = at(join, "of");
  const names = of?.kind === "list" ? of.items.map(nameOf) : [];
  const sources = from.kind === "log" ? from.topics : from.queues;
  const [left, right] = names.map((name) => sources.findIndex(({ text }) => text === name?.text));
  for (const name of names)
    if (name !== undefined && (known.topics.has(name.text) || known.queues.has(name.text)))
      checkOwn(name, owner, from, context);
  const by = (["key", "correlation"] as const).find((one) => nameOf(at(join, "by"))?.text === one);
  const within = quantityOf(at(join, "within"), "duration");
  if (left === undefined || right === undefined || left < 0 || right < 0) return undefined;
  if (left === right) {
    context.badValue(names[1]!.span, {
      key: "of",
      found: `\`${names[1]!.text}\` twice`,
      reason: "a join brings messages of two sources together",
    });
    return undefined;
  }
  return by === undefined || within === undefined ? undefined : { of: [left, right], by, within };
}

/** It joins what it reads. */
function checkOwn(name: Name, owner: Name, from: Source, context: ReadContext): void {
  const sources = from.kind === "log" ? from.topics : from.queues;
  if (sources.some(({ text }) => text === name.text)) return;
  context.badValue(name.span, {
    key: "of",
    found: `\`${name.text}\``,
    reason: `\`${owner.text}\` reads ${sources.map(({ text }) => `\`${text}\``).join(" and ")} alone; add it to its \`${from.kind === "log" ? "topics" : "queues"}\``,
  });
}
