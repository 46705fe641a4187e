import type { Flow, Forward, Source } from "../model/topology.ts";
import type { Name } from "../text/span.ts";
import type { Names } from "./names.ts";
import type { Keys, ReadContext } from "./read-context.ts";

/**
 * How a consumer writes its state to its changelog; undefined without one, or where it cannot be read. What it writes has
 * the size of the first thing that it sends.
 */
export function readChangelog(
  owner: Name,
  keys: Keys,
  of: { readonly from: Source; readonly sends: readonly Forward[]; readonly keepsState: boolean },
  names: Names,
  context: ReadContext,
): Flow | undefined {
  const span = keys.keySpan("changelog");
  const name = keys.name("changelog");
  if (span === undefined) return undefined;
  const { from, sends, keepsState } = of;
  const tell = (message: string): undefined => context.rule(span, message) as undefined;
  if (!keys.has("window") && !keys.has("join"))
    return tell(
      `\`${owner.text}\` keeps no state for a \`changelog\`. Delete it, or let \`${owner.text}\` gather in a \`window\` or a \`join\`.`,
    );
  if (from.kind === "queue")
    return tell(
      `\`${owner.text}\` consumes a queue, which has no partitions whose state another instance could take over. Delete \`changelog\`, or let it read a Kafka topic.`,
    );
  if (from.settings.share !== undefined)
    return tell(
      `\`${owner.text}\` is in a share group, whose members have no partitions of their own. Delete \`changelog\`, or make it a \`group\`.`,
    );
  if (from.settings.commit !== "after" && from.settings.commit !== "transactional")
    return tell(
      `\`${owner.text}\` may commit what it has read before its \`changelog\` has it. Write \`commit: after\`, as Kafka Streams does, or \`commit: transactional\`.`,
    );
  if (name === undefined || !names.topics.has(name.text)) return undefined;
  if (from.topics.some(({ text }) => text === name.text))
    return tell(
      `\`${owner.text}\` reads \`${name.text}\`, which cannot be its changelog as well. Name a topic of its own.`,
    );
  const first = sends.find(({ when }) => when === "success");
  if (!keepsState || first === undefined || from.producer === undefined) return undefined;
  return {
    ...first.flow,
    name: owner,
    to: { kind: "topic", name },
    key: { kind: "unique" },
    tombstone: false,
    kafka: from.producer,
  };
}
