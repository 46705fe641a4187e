/** What differs between versions of RabbitMQ in the rules of queues and exchanges. */
export interface Release {
  readonly version: string;
  /** Up to 3.12 each death after the first turns the order of the older `x-death` entries round. */
  readonly reversesDeaths: boolean;
  /** Up to 3.13 an `x-death` that a client sends is taken for the broker's own. */
  readonly trustsClientDeaths: boolean;
  /** From 3.13 dead letters carry `x-last-death-*` beside `x-first-death-*`. */
  readonly lastDeathHeaders: boolean;
  /** Where a quorum queue states none: 20 from 4.0, before that none. */
  readonly deliveryLimit: number | undefined;
  /** Before 4.3 an explicit requeue counts as a failed delivery of a quorum queue. */
  readonly requeueCounts: boolean;
  /** Before 4.0 a message of a quorum queue that dies of its delivery limit gives its consumer credit for two. */
  readonly limitFreesTwo: boolean;
  /** Before 4.0 what one consumer returns together comes back to a quorum queue with a delivery limit as Erlang visits a map. (`rabbit_fifo:return`) */
  readonly takesBackMaps: boolean;
  /** Before 4.0 a quorum queue has its consumers in the order of their tags, then in that in which they came. */
  readonly consumersByTag: boolean;
  /** Before 4.0 a stream keeps no header that is a list. */
  readonly streamsDropLists: boolean;
  /** Before 3.11.14 a stream drops what the broker itself publishes into it: dead letters, a recent history. */
  readonly streamsTakeDeadLetters: boolean;
  /** Levels of priority that a quorum queue has. */
  readonly quorumPriorities: "none" | "two" | "strict";
  /** From 4.0 the next single active consumer of a classic queue gets the backlog at once. */
  readonly successorStartsAtOnce: boolean;
  /** From 4.3 `basic.qos` with `global` is refused. */
  readonly refusesGlobalQos: boolean;
  /** `#` words that a topic pattern may have. */
  readonly hashesMax: number;
  /** Before 3.13 a consistent-hash exchange hashes a header's value together with its type. */
  readonly hashesTypedHeaders: boolean;
  /** Before 4.0 a policy's `expires` counts for a quorum queue even where the queue's own is shorter. */
  readonly policyRulesQuorumExpiry: boolean;
  /** From 4.0 a queue without `x-queue-type` is the same as one that states `classic`. */
  readonly classicByDefault: boolean;
  /** From 4.0 classic queues take `x-queue-leader-locator`. */
  readonly classicsTakeLocator: boolean;
  /** Before 3.12 `x-queue-mode: lazy` keeps all messages on disk. */
  readonly lazyQueues: boolean;
  /** Before 3.13 a message that was read back from disk dies without its `expiration` being told. */
  readonly diskHidesExpiration: boolean;
  /** From 3.12 a stream with a `max-age` looks once in an hour too whether segments are too old, not only when it begins one. */
  readonly looksAtStreamAge: boolean;
  /** From 3.13 consumers of streams may ask for chunks that hold some messages. */
  readonly filtersStreams: boolean;
  /** Up to 3.10 at least, a classic queue that has lost transient messages tells of no later message that it is redelivered. */
  readonly losesRedelivered: boolean;
  /** Before 4.0 classic queues may be mirrored, and consumers say what becomes of them then. */
  readonly mirroredQueues: boolean;
  /** Before 4.2, where metadata lie in Mnesia, a start makes the rings of consistent-hash exchanges anew. */
  readonly rebuildsHashRings: boolean;
  /** Before 3.13 an unknown exchange type closes the connection with 503. */
  readonly unknownTypeIsInvalid: boolean;
  /** Who ends a consumer that does not acknowledge in time: from 4.3 its queue, where that is a quorum queue. */
  readonly consumerTimeout: "channel" | "queue";
  /** From 4.3 quorum queues may keep what is returned to them for a while. */
  readonly delayedRetry: boolean;
  /** From 3.11.15 queues and policies may have a `consumer-timeout` of their own. */
  readonly queueConsumerTimeout: boolean;
  /** From 3.13 nodes may add replicas to quorum queues by themselves. */
  readonly addsReplicas: boolean;
  /** Up to 3.10 at least nodes know no classic queue of a node that is down. */
  readonly forgetsDownQueues: boolean;
  /** Up to 3.10 at least a dead letter that goes to its own queue again is never confirmed, where that waits for confirms. */
  readonly deafToOwnConfirms: boolean;
}

/** The rules of a version such as "3.10" or "4.1". Sources: the server's release notes and code, and recordings of 3.10.8. */
export function releaseOf(version: string): Release {
  const [major = Number.NaN, minor = Number.NaN] = version.split(".").map(Number);
  if (!(Number.isInteger(major) && Number.isInteger(minor) && major >= 3))
    throw new RangeError(`'${version}' is not a version of RabbitMQ that is known: expected 3.10 or later`);
  const from = (a: number, b: number): boolean => major > a || (major === a && minor >= b);
  if (!from(3, 10))
    throw new RangeError(`the rules of RabbitMQ ${version} are not known: expected 3.10 or later`);
  return {
    version,
    reversesDeaths: !from(3, 13),
    trustsClientDeaths: !from(4, 0),
    lastDeathHeaders: from(3, 13),
    deliveryLimit: from(4, 0) ? 20 : undefined,
    requeueCounts: !from(4, 3),
    limitFreesTwo: !from(4, 0),
    takesBackMaps: !from(4, 0),
    consumersByTag: !from(4, 0),
    streamsDropLists: !from(4, 0),
    streamsTakeDeadLetters: from(3, 11),
    quorumPriorities: from(4, 3) ? "strict" : from(4, 0) ? "two" : "none",
    successorStartsAtOnce: from(4, 0),
    refusesGlobalQos: from(4, 3),
    hashesMax: from(4, 3) ? 2 : Infinity,
    hashesTypedHeaders: !from(3, 13),
    policyRulesQuorumExpiry: !from(4, 0),
    classicByDefault: from(4, 0),
    classicsTakeLocator: from(4, 0),
    lazyQueues: !from(3, 12),
    diskHidesExpiration: !from(3, 13),
    looksAtStreamAge: from(3, 12),
    filtersStreams: from(3, 13),
    losesRedelivered: !from(3, 11),
    mirroredQueues: !from(4, 0),
    rebuildsHashRings: !from(4, 2),
    unknownTypeIsInvalid: !from(3, 13),
    consumerTimeout: from(4, 3) ? "queue" : "channel",
    queueConsumerTimeout: from(3, 11),
    delayedRetry: from(4, 3),
    addsReplicas: from(3, 13),
    forgetsDownQueues: !from(3, 11),
    deafToOwnConfirms: !from(3, 11),
  };
}
