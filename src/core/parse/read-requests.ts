import { readings } from "../model/readings.ts";
import {
  directReplyTo,
  type Consumer,
  type Destination,
  type Producer,
  type Requests,
} from "../model/topology.ts";
import type { Name } from "../text/span.ts";
import type { Names } from "./names.ts";
import type { Keys, ReadContext } from "./read-context.ts";
import { at, describe, entriesOf, nameOf, type Tree } from "./tree.ts";
import { quantityOf } from "./value-read.ts";

/** Whether, and how, a flow waits for replies. A queue that the file does not name has been reported. */
export function readRequests(
  owner: Name,
  keys: Keys,
  to: Destination,
  names: Names,
  context: ReadContext,
): Requests | undefined {
  const requests = keys.get("requests");
  if (requests?.kind !== "map") return undefined;
  if (to.kind === "topic") {
    context.rule(
      keys.keySpan("requests")!,
      `\`${owner.text}\` sends to a Kafka topic, which has no replies. Delete \`requests\`, or ask through an \`exchange\` or a \`queue\`.`,
    );
    return undefined;
  }
  const written = at(requests, "timeout");
  const timeout = written === undefined ? Infinity : quantityOf(written, "duration");
  if (timeout === 0)
    context.badValue(written!.span, {
      key: "timeout",
      found: describe(written!),
      reason:
        "it would give up before any reply; write a time above 0, or leave `timeout` out to wait for ever",
    });
  const replyTo = nameOf(at(requests, "replyTo"));
  const queue = replyTo === undefined || replyTo.text === directReplyTo ? undefined : replyTo;
  if (queue !== undefined) checkReplyQueue(queue, names, context);
  return {
    timeout: timeout ?? Infinity,
    replyTo: queue !== undefined && names.queues.has(queue.text) ? queue : undefined,
  };
}

function checkReplyQueue({ text, span }: Name, names: Names, context: ReadContext): void {
  if (names.queueTypes.get(text) === "stream")
    context.rule(
      span,
      `\`${text}\` is a stream, which keeps what is read; a requester reads its replies without acks. Use a classic or a quorum queue, or \`${directReplyTo}\`.`,
    );
}

/** What requesters and those who answer say together. */
export function checkReplies(
  producers: ReadonlyMap<string, Producer>,
  consumers: ReadonlyMap<string, Consumer>,
  names: Names,
  context: ReadContext,
): void {
  const requesters = new Map<string, string>();
  for (const { name, instances, flows } of producers.values())
    for (const { requests } of flows) {
      const queue = requests?.replyTo;
      if (queue === undefined) continue;
      const other = requesters.get(queue.text);
      requesters.set(queue.text, name.text);
      if (instances > 1)
        context.rule(
          queue.span,
          `The ${instances} instances of \`${name.text}\` would share \`${queue.text}\`, which deals replies out in turn, to whoever did not ask as well. Use \`replyTo: ${directReplyTo}\`, or a producer for each queue.`,
        );
      else if (other !== undefined && other !== name.text)
        context.rule(
          queue.span,
          `\`${queue.text}\` is the reply queue of \`${other}\` already, and replies would be dealt out to both in turn. Name another queue.`,
        );
    }
  const asked = anyoneAsks(names);
  for (const { name, from, sends } of readings({ consumers })) {
    for (const queue of from.kind === "queue" ? from.queues : []) {
      const requester = requesters.get(queue.text);
      if (requester !== undefined)
        context.rule(
          queue.span,
          `\`${queue.text}\` is the reply queue of \`${requester}\`, and \`${name.text}\` would take replies away from it. Read another queue.`,
        );
    }
    for (const { to } of sends.map(({ flow }) => flow))
      if (to.kind === "reply" && !asked)
        context.rule(
          to.name.span,
          `\`${name.text}\` answers requests, and no producer makes any. Add \`requests: {}\` to the producer that waits for these replies.`,
        );
  }
}

/** Whether any producer says so, be it read or not. */
function anyoneAsks({ root }: Names): boolean {
  const asks = (value: Tree | undefined): boolean => at(value, "requests") !== undefined;
  for (const { value } of entriesOf(at(root, "producers"))) {
    if (asks(value)) return true;
    for (const flow of entriesOf(at(value, "flows"))) if (asks(flow.value)) return true;
  }
  return false;
}
