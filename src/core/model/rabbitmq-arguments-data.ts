/**
 * Optional arguments of RabbitMQ 4.1, by its documentation: name, what its value is, default, and whether the engine
 * simulates it; last the only values that it follows, where it follows some.
 */
export const rabbitArgumentLines = {
  "queue-arguments": `x-queue-type text classic simulated classic
x-message-ttl duration none planned
x-expires duration none planned
x-max-length count none planned
x-max-length-bytes size none planned
x-overflow text drop-head planned
x-dead-letter-exchange text none planned
x-dead-letter-routing-key text none planned
x-dead-letter-strategy text at-most-once planned
x-max-priority count none planned
x-single-active-consumer boolean false planned false
x-delivery-limit count 20 planned
x-quorum-initial-group-size count 3 planned
x-quorum-target-group-size count none planned
x-queue-leader-locator text client-local planned
x-max-age text none planned
x-initial-cluster-size count none planned
x-stream-max-segment-size-bytes size 500MB planned
x-stream-filter-size-bytes size 16 planned
x-queue-version count 2 none
x-queue-mode text default none
x-queue-master-locator text client-local none
x-cancel-on-ha-failover boolean false none
x-max-in-memory-length count none none
x-max-in-memory-bytes size none none`,
  "exchange-arguments": `alternate-exchange text none simulated
hash-header text none planned
hash-property text none planned
x-delayed-type text none planned`,
  "consumer-arguments": `x-priority count 0 planned
x-stream-offset text next planned
x-stream-filter text none planned
x-stream-match-unfiltered boolean false planned
x-cancel-on-ha-failover boolean false none`,
  "policy-definition": `alternate-exchange text none planned
consumer-timeout duration 30m planned
dead-letter-exchange text none planned
dead-letter-routing-key text none planned
dead-letter-strategy text at-most-once planned
delivery-limit count 20 planned
expires duration none planned
federation-upstream text none planned
federation-upstream-set text none planned
initial-cluster-size count none planned
max-age text none planned
max-length count none planned
max-length-bytes size none planned
message-ttl duration none planned
overflow text drop-head planned
queue-leader-locator text client-local planned
stream-filter-size-bytes size 16 planned
stream-max-segment-size-bytes size 500MB planned
target-group-size count none planned
queue-version count 2 none
queue-mode text default none
max-in-memory-length count none none
max-in-memory-bytes size none none`,
} as const;
