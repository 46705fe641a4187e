/**
 * Optional arguments of RabbitMQ 4.1, by its documentation: name, what its value is, default, and whether the engine
 * simulates it; last the only values that it follows, where it follows some.
 */
export const rabbitArgumentLines = {
  "queue-arguments": `x-queue-type text classic simulated
x-message-ttl duration none simulated
x-expires duration none simulated
x-max-length count none simulated
x-max-length-bytes size none simulated
x-overflow text drop-head simulated
x-dead-letter-exchange text none simulated
x-dead-letter-routing-key text none simulated
x-dead-letter-strategy text at-most-once simulated
x-max-priority count none simulated
x-single-active-consumer boolean false simulated
x-delivery-limit count 20 simulated
x-delayed-retry-type text disabled simulated
x-delayed-retry-min duration none simulated
x-delayed-retry-max duration none simulated
x-consumer-timeout duration 30m simulated
x-quorum-initial-group-size count 3 simulated
x-quorum-target-group-size count none simulated
x-queue-leader-locator text client-local simulated
x-max-age text none simulated
x-initial-cluster-size count none simulated
x-stream-max-segment-size-bytes size 500MB simulated
x-stream-filter-size-bytes size 16 simulated
x-queue-version count 2 none
x-queue-mode text default none
x-queue-master-locator text client-local simulated
x-cancel-on-ha-failover boolean false none
x-max-in-memory-length count none none
x-max-in-memory-bytes size none none`,
  "exchange-arguments": `alternate-exchange text none simulated
hash-header text none simulated
hash-property text none simulated
x-delayed-type text none simulated`,
  "consumer-arguments": `x-priority count 0 simulated
x-stream-offset text next simulated
x-stream-filter text none simulated
x-stream-match-unfiltered boolean false simulated
x-cancel-on-ha-failover boolean false none`,
  "rabbitmq-config": `cluster_partition_handling text ignore simulated ignore|pause_minority|autoheal
net_ticktime count 60 simulated
consumer_timeout duration 1800000 simulated
heartbeat count 60 simulated
queue_leader_locator text client-local simulated
quorum_queue.continuous_membership_reconciliation.enabled boolean false simulated
quorum_queue.continuous_membership_reconciliation.target_group_size count none simulated
quorum_queue.continuous_membership_reconciliation.interval duration 3600000 simulated
quorum_queue.continuous_membership_reconciliation.trigger_interval duration 10000 simulated
quorum_queue.continuous_membership_reconciliation.auto_remove boolean false none`,
  "policy-definition": `alternate-exchange text none simulated
consumer-timeout duration 30m simulated
dead-letter-exchange text none simulated
dead-letter-routing-key text none simulated
dead-letter-strategy text at-most-once simulated
delayed-retry-type text disabled simulated
delayed-retry-min duration none simulated
delayed-retry-max duration none simulated
delivery-limit count 20 simulated
expires duration none simulated
initial-cluster-size count none simulated
max-age text none simulated
max-length count none simulated
max-length-bytes size none simulated
message-ttl duration none simulated
overflow text drop-head simulated
queue-leader-locator text client-local simulated
stream-filter-size-bytes size 16 simulated
stream-max-segment-size-bytes size 500MB simulated
target-group-size count none simulated
federation-upstream text none none
federation-upstream-pattern text none none
federation-upstream-set text none none
queue-version count 2 none
queue-mode text default none
max-in-memory-length count none none
max-in-memory-bytes size none none`,
} as const;

/** Bytes of the filter that each chunk of a stream carries: by default, and what may be asked for. */
export const filterBytes = { default: 16, least: 16, most: 255 } as const;

export type QueueType = "classic" | "quorum" | "stream";

const every = ["classic", "quorum", "stream"] as const;
const messages = ["classic", "quorum"] as const;

/** The types of queue that take an argument; undefined for one that the broker does not know. `isFrom4`: version 4.0 or later. */
export function typesThatTake(argument: string, isFrom4: boolean): readonly QueueType[] | undefined {
  // `capabilities` of `rabbit_classic_queue`
  if (argument === "x-queue-leader-locator" && isFrom4) return every;
  return Object.hasOwn(queueArgumentTypes, argument) ? queueArgumentTypes[argument] : undefined;
}

/**
 * Queue arguments that the broker knows, and the types of queue that take them: a declaration with one of another type is
 * refused (406), while arguments that nobody knows are ignored. (Declaration checks of 3.10)
 */
export const queueArgumentTypes: Readonly<Record<string, readonly QueueType[]>> = {
  "x-queue-type": every,
  "x-message-ttl": messages,
  "x-expires": messages,
  "x-max-length": messages,
  "x-max-length-bytes": every,
  "x-overflow": messages,
  "x-dead-letter-exchange": messages,
  "x-dead-letter-routing-key": messages,
  "x-dead-letter-strategy": ["quorum"],
  "x-max-priority": ["classic"],
  "x-single-active-consumer": messages,
  "x-delivery-limit": ["quorum"],
  "x-queue-mode": ["classic"],
  "x-queue-version": ["classic"],
  "x-queue-master-locator": ["classic"],
  "x-queue-leader-locator": ["quorum", "stream"],
  "x-quorum-initial-group-size": ["quorum"],
  "x-max-in-memory-length": ["quorum"],
  "x-max-in-memory-bytes": ["quorum"],
  "x-max-age": ["stream"],
  "x-stream-max-segment-size-bytes": ["stream"],
  "x-initial-cluster-size": ["stream"],
};

/** What an operator policy may set: of the policy's value and the operator's the smaller one counts, of replicas the larger. */
export const operatorPolicyKeys: readonly string[] = [
  "expires",
  "message-ttl",
  "max-length",
  "max-length-bytes",
  "max-in-memory-length",
  "max-in-memory-bytes",
  "delivery-limit",
  "target-group-size",
];
