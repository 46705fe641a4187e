import { information, warning } from "./entry.ts";
import { span } from "./words.ts";

/** What the checks of consumers that keep state say. Times are nanoseconds. */
export const streamProblems = {
  "operator-without-sends": warning(
    ({ consumer, operator }: { readonly consumer: string; readonly operator: string }) =>
      `\`${consumer}\` has a \`${operator}\` but sends nothing on after a success: nothing comes of it, and it is not simulated. Say with \`sends\` where its results go.`,
  ),
  "operator-without-key": warning(
    ({
      consumer,
      operator,
      sender,
      from,
    }: {
      readonly consumer: string;
      readonly operator: string;
      readonly sender: string;
      readonly from: string;
    }) =>
      `The \`${operator}\` of \`${consumer}\` goes by key, but ${sender} has messages without a key for \`${from}\`: they are dropped. Give them a \`key\`.`,
  ),
  "join-apart": warning(
    ({
      consumer,
      why,
      left,
      right,
    }: {
      readonly consumer: string;
      readonly why:
        | { readonly kind: "partitions"; readonly counts: readonly [number, number] }
        | { readonly kind: "assignor"; readonly assignor: string }
        | { readonly kind: "instances" };
      readonly left: string;
      readonly right: string;
    }) => {
      const pair = `\`${left}\` and \`${right}\``;
      return why.kind === "partitions"
        ? `\`${consumer}\` joins ${pair}, which have ${why.counts[0]} and ${why.counts[1]} partitions: messages of a key lie in partitions of unequal numbers, and most never meet. Give both as many partitions.`
        : why.kind === "assignor"
          ? `\`${consumer}\` joins ${pair}, but \`${why.assignor}\` gives a member partitions of one that belong to another member's of the other: their messages never meet. Use \`range\`.`
          : `\`${consumer}\` joins ${pair} with several instances, and any of them gets any message of a queue: two that belong together mostly come to different ones. Run one instance.`;
    },
  ),
  "changelog-unfit": warning(
    ({
      consumer,
      topic,
      why,
    }: {
      readonly consumer: string;
      readonly topic: string;
      readonly why:
        | { readonly kind: "partitions"; readonly counts: readonly [changelog: number, read: number] }
        | { readonly kind: "uncompacted" }
        | { readonly kind: "retention"; readonly kept: number; readonly needed: number };
    }) =>
      why.kind === "partitions"
        ? `The changelog \`${topic}\` has ${why.counts[0]} partitions, but \`${consumer}\` keeps state for ${why.counts[1]}, a partition for each: Kafka Streams does not start with it. Give \`${topic}\` as many.`
        : why.kind === "uncompacted"
          ? `The changelog \`${topic}\` of \`${consumer}\` is not compacted: it holds every change until retention deletes it, needed or not, and all of it is read to restore. Set \`cleanup.policy\` to \`compact\`.`
          : `The changelog \`${topic}\` of \`${consumer}\` deletes records after ${span(why.kept)}, and state is needed for ${span(why.needed)}: what is deleted cannot be restored. Let \`retention.ms\` be longer.`,
  ),
  "window-outlasts-run": information(
    ({
      consumer,
      first,
      duration,
    }: {
      readonly consumer: string;
      readonly first: number;
      readonly duration: number;
    }) =>
      `The first window of \`${consumer}\` closes after ${span(first)}, and the run ends after ${span(duration)}: nothing is sent on. Let the run be longer, or the windows shorter.`,
  ),
};
