import {
  filterBytes,
  queueArgumentTypes,
  typesThatTake,
  type QueueType,
} from "../model/rabbitmq-arguments-data.ts";
import { nodeDefaults, type QueueDefaults } from "../model/rabbitmq-nodes.ts";
import type { FieldTable, FieldValue } from "../model/topology.ts";
import { nanosOfAge } from "./age.ts";
import type { DeadLetterTarget } from "./death.ts";
import { leastOf, type PolicyDefinition } from "./policies.ts";
import { internalError, preconditionFailed, type Refusal } from "./refusal.ts";
import type { Release } from "./release.ts";

export type Overflow = "drop-head" | "reject-publish" | "reject-publish-dlx";

/** What a queue's arguments and the policies for it ask for. Times are ns of simulated time, sizes bytes. */
export interface QueueRules {
  /** Where what a key without `x-` asks for is written, as a person reads it. */
  readonly source: (key: string) => string;
  readonly type: QueueType;
  readonly messageTtl: number | undefined;
  readonly expires: number | undefined;
  readonly maxLength: number;
  readonly maxBytes: number;
  /** A stream's segments go when their last chunk is older; Infinity without a limit. */
  readonly maxAge: number;
  /** Of a stream. */
  readonly segmentBytes: number;
  /** Of the filter that each chunk of a stream carries. */
  readonly filterBytes: number;
  /** The queue is led by the node that leads the fewest, instead of the one that its declarer is connected to. */
  readonly balanced: boolean;
  /** A stream's replicas; undefined for one on every node. */
  readonly clusterSize: number | undefined;
  /** Replicas that a quorum queue is to grow to; 0 where it says nothing. */
  readonly targetSize: number;
  readonly overflow: Overflow;
  readonly deadLetters: DeadLetterTarget | undefined;
  /** Dead letters stay until their next queues have confirmed them. */
  readonly deathsConfirmed: boolean;
  /** 0: no priority queue. */
  readonly maxPriority: number;
  readonly singleActiveConsumer: boolean;
  /** Messages that wait are on disk alone; undefined where nothing says so or otherwise. */
  readonly lazy: boolean | undefined;
  /** Deliveries may fail so often; Infinity without a limit. */
  readonly deliveryLimit: number;
  /** A consumer may hold a delivery for so many ns. */
  readonly consumerTimeout: number;
  /** What returns waits before it goes out again; undefined where nothing does. */
  readonly delayedRetry: DelayedRetry | undefined;
}

/** Messages that were returned, or whose delivery failed, wait for `min` times as many ns as deliveries failed, up to `max`. */
export interface DelayedRetry {
  readonly returned: boolean;
  readonly failed: boolean;
  readonly min: number;
  readonly max: number;
}

const whole = (value: FieldValue): boolean =>
  typeof value === "number" && Number.isInteger(value) && value >= 0;
const text = (value: FieldValue): boolean => typeof value === "string";
const among =
  (...texts: readonly string[]) =>
  (value: FieldValue): boolean =>
    texts.includes(String(value));
/** Locators that mean the same since 3.10, or 3.13. (`rabbit_queue_location`) */
const balances = ["balanced", "random", "least-leaders", "min-masters"];
const segmentBytesDefault = 500_000_000;
/** A stream with larger segments is refused. */
const segmentBytesMost = 3_000_000_000;
/** The timers of the broker end at this many milliseconds. */
const timerMax = 4_294_967_295;
const time = (value: FieldValue): boolean => whole(value) && Number(value) <= timerMax;

const accepts: Readonly<Record<string, (value: FieldValue) => boolean>> = {
  "x-queue-type": among("classic", "quorum", "stream"),
  "x-message-ttl": time,
  "x-expires": (value) => time(value) && value !== 0,
  "x-max-length": whole,
  "x-max-length-bytes": whole,
  "x-overflow": among("drop-head", "reject-publish", "reject-publish-dlx"),
  "x-dead-letter-exchange": text,
  "x-dead-letter-routing-key": text,
  "x-dead-letter-strategy": among("at-most-once", "at-least-once"),
  "x-max-priority": (value) => whole(value) && Number(value) <= 255,
  "x-single-active-consumer": (value) => typeof value === "boolean",
  "x-queue-mode": among("default", "lazy"),
  "x-queue-version": (value) => value === 1 || value === 2,
  "x-max-in-memory-length": whole,
  "x-max-in-memory-bytes": whole,
  "x-quorum-initial-group-size": whole,
  "x-max-age": (value) => (nanosOfAge(value) ?? 0) > 0,
  "x-stream-max-segment-size-bytes": (value) => whole(value) && Number(value) <= segmentBytesMost,
};

/** What a declaration with these arguments is refused for, before the queue is looked for. */
export function argumentsRefusal(args: FieldTable, release: Release): Refusal | undefined {
  const age = args.get("x-max-age");
  // The broker looks for a number before anything else, and its channel fails without one. (`check_max_age`)
  if (queueTypeOf(args) === "stream" && typeof age === "string" && !/^\d/.test(age)) return internalError;
  for (const [name, value] of args) {
    if (accepts[name]?.(value) === false) return preconditionFailed;
    if (typesThatTake(name, release.classicsTakeLocator)?.includes(queueTypeOf(args)) === false)
      return preconditionFailed;
  }
  if (args.has("x-dead-letter-routing-key") && !args.has("x-dead-letter-exchange")) return preconditionFailed;
  return undefined;
}

export function queueTypeOf(args: FieldTable): QueueType {
  const type = args.get("x-queue-type");
  return type === "quorum" || type === "stream" ? type : "classic";
}

/** Whether a declaration means the same queue: arguments that its type does not know count for nothing. (`assert_args_equivalence`) */
export function sameArguments(existing: FieldTable, declared: FieldTable, release: Release): boolean {
  const type = queueTypeOf(existing);
  const value = (args: FieldTable, name: string): FieldValue | undefined =>
    args.get(name) ?? (name === "x-queue-type" && release.classicByDefault ? "classic" : undefined);
  return Object.keys(queueArgumentTypes).every(
    (name) =>
      typesThatTake(name, release.classicsTakeLocator)?.includes(type) === false ||
      value(existing, name) === value(declared, name),
  );
}

type Resolution = "least" | "greatest" | "argument" | "policy";

const messageKeys: Readonly<Record<string, Resolution>> = {
  "consumer-timeout": "least",
  expires: "least",
  "message-ttl": "least",
  "max-length": "least",
  "max-length-bytes": "least",
  "dead-letter-exchange": "argument",
  "dead-letter-routing-key": "argument",
  overflow: "argument",
};

/** Which counts where a queue's argument and a policy say something about the same. (The types' code in 3.10 and 4.1) */
const resolutions: Readonly<Record<QueueType, Readonly<Record<string, Resolution>>>> = {
  classic: { ...messageKeys, "queue-mode": "argument" },
  quorum: {
    ...messageKeys,
    overflow: "policy",
    "queue-leader-locator": "policy",
    "delivery-limit": "least",
    "target-group-size": "greatest",
    "dead-letter-strategy": "argument",
    "delayed-retry-type": "argument",
    "delayed-retry-min": "argument",
    "delayed-retry-max": "argument",
  },
  stream: {
    "consumer-timeout": "least",
    "max-length-bytes": "policy",
    "max-age": "policy",
    "stream-max-segment-size-bytes": "policy",
    "stream-filter-size-bytes": "policy",
    "initial-cluster-size": "policy",
    "queue-leader-locator": "policy",
  },
};

/** The argument that says the same as a policy's key. */
function argumentOf(key: string): string {
  return key === "target-group-size" ? "x-quorum-target-group-size" : `x-${key}`;
}

const ungoverned: ReadonlyMap<string, string> = new Map();

/** The arguments, with those that policies bring or change; and whose they are. */
function governedBy(
  args: FieldTable,
  policy: PolicyDefinition,
  release: Release,
): { args: FieldTable; by: ReadonlyMap<string, string> } {
  if (policy.size === 0) return { args, by: ungoverned };
  const type = queueTypeOf(args);
  const by = new Map<string, string>();
  const governed = new Map(args);
  for (const [key, { value, rule }] of policy) {
    const resolution = resolutions[type][key];
    if (resolution === undefined) continue;
    const own = args.get(argumentOf(key));
    const wins =
      own === undefined ||
      resolution === "policy" ||
      (release.policyRulesQuorumExpiry && type === "quorum" && key === "expires") ||
      (resolution === "least" && leastOf(own, value) !== own) ||
      (resolution === "greatest" && Number(value) > Number(own));
    if (!wins) continue;
    governed.set(argumentOf(key), value);
    by.set(key, rule);
  }
  return { args: governed, by };
}

const nanosPerMilli = 1e6;

/** `defaults`: what `rabbitmq.conf` says of all queues. */
export function rulesOf(
  own: FieldTable,
  policy: PolicyDefinition,
  release: Release,
  defaults: QueueDefaults = nodeDefaults.queueDefaults,
): QueueRules {
  const { args, by } = governedBy(own, policy, release);
  const number = (name: string): number | undefined => {
    const value = args.get(name);
    return typeof value === "number" ? value : undefined;
  };
  const nanos = (name: string): number | undefined => {
    const milliseconds = number(name);
    return milliseconds === undefined ? undefined : milliseconds * nanosPerMilli;
  };
  const type = queueTypeOf(args);
  const exchange = args.get("x-dead-letter-exchange");
  const routingKey = args.get("x-dead-letter-routing-key");
  const limit = number("x-delivery-limit") ?? release.deliveryLimit;
  const overflow = overflowOf(args, type);
  return {
    source: (key) =>
      by.get(key) ??
      (key === "consumer-timeout" && !args.has("x-consumer-timeout") ? "consumer_timeout" : argumentOf(key)),
    type,
    messageTtl: nanos("x-message-ttl"),
    expires: nanos("x-expires"),
    maxLength: number("x-max-length") ?? Infinity,
    maxBytes: number("x-max-length-bytes") ?? Infinity,
    maxAge: nanosOfAge(args.get("x-max-age") ?? null) ?? Infinity,
    segmentBytes: number("x-stream-max-segment-size-bytes") ?? segmentBytesDefault,
    filterBytes: number("x-stream-filter-size-bytes") ?? filterBytes.default,
    balanced: balances.includes(
      String(
        args.get("x-queue-leader-locator") ??
          args.get("x-queue-master-locator") ??
          (type === "classic" && !release.classicsTakeLocator ? undefined : defaults.leaderLocator),
      ),
    ),
    clusterSize: number("x-initial-cluster-size"),
    targetSize: number("x-quorum-target-group-size") ?? 0,
    overflow,
    deadLetters:
      typeof exchange !== "string"
        ? undefined
        : { exchange, routingKey: typeof routingKey === "string" ? routingKey : undefined },
    // With `drop-head` the broker goes back to at most once, with a line in the log.
    deathsConfirmed:
      type === "quorum" &&
      overflow === "reject-publish" &&
      args.get("x-dead-letter-strategy") === "at-least-once",
    maxPriority: number("x-max-priority") ?? 0,
    singleActiveConsumer: args.get("x-single-active-consumer") === true,
    lazy: release.lazyQueues && args.has("x-queue-mode") ? args.get("x-queue-mode") === "lazy" : undefined,
    deliveryLimit: limit === undefined || limit < 0 ? Infinity : limit,
    consumerTimeout:
      consumerTimeoutOf(nanos("x-consumer-timeout"), type, release) ?? defaults.consumerTimeout,
    delayedRetry:
      type === "quorum" && release.delayedRetry
        ? delayedRetryOf(
            args.get("x-delayed-retry-type"),
            nanos("x-delayed-retry-min"),
            nanos("x-delayed-retry-max"),
          )
        : undefined,
  };
}

function delayedRetryOf(
  type: FieldValue | undefined,
  min: number | undefined,
  max = Infinity,
): DelayedRetry | undefined {
  const [returned, failed] = [type === "returned" || type === "all", type === "failed" || type === "all"];
  return min === undefined || !(returned || failed) ? undefined : { returned, failed, min, max };
}

function consumerTimeoutOf(own: number | undefined, type: QueueType, release: Release): number | undefined {
  if (release.consumerTimeout === "queue" && type !== "quorum") return Infinity;
  return release.queueConsumerTimeout ? own : undefined;
}

/** A quorum queue takes `reject-publish-dlx` for its default, with a line in the log. */
function overflowOf(args: FieldTable, type: QueueType): Overflow {
  const overflow = args.get("x-overflow");
  if (overflow === "reject-publish") return overflow;
  return overflow === "reject-publish-dlx" && type === "classic" ? overflow : "drop-head";
}
