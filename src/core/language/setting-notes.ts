/** What the settings that people meet most mean, in a sentence or two: name, colon, meaning. */
const notes = `
acks: How many replicas must have a record before the producer counts it as sent: \`0\` none, \`1\` the leader, \`all\` every in-sync one.
batch.size: A batch for one partition is sent when it holds so many bytes, or when \`linger.ms\` is over.
metadata.max.age.ms: How often a client asks for topics and leaders though nothing has failed: added partitions are found then.
partitioner: How the partition of a record is chosen: by a hash of its key (\`consistent\` is CRC-32), or at random without one (\`…_random\`). Java's way is \`murmur2_random\`.
sticky.partitioning.linger.ms: For how long records without a key go to one partition, before another one is drawn.
batch.num.messages: The most messages of one batch.
queue.buffering.max.messages: Messages that may wait in the client; beyond it \`produce()\` fails at once.
queue.buffering.max.kbytes: Kilobytes that may wait in the client; beyond it \`produce()\` fails at once.
queue.buffering.backpressure.threshold: How many unsent requests to a broker let batches grow on.
queue.buffering.max.ms: Another name of \`linger.ms\`.
message.timeout.ms: Another name of \`delivery.timeout.ms\`.
message.send.max.retries: Another name of \`retries\`.
request.required.acks: Another name of \`acks\`.
max.in.flight: Another name of \`max.in.flight.requests.per.connection\`.
compression.codec: Another name of \`compression.type\`.
compression.level: How hard the codec tries, which takes its time; -1 is its own choice.
enable.gapless.guarantee: A batch that cannot be sent ends the producer, so that no gap is left.
linger.ms: How long a batch waits for more records. More means fewer, larger requests, and so much more latency.
buffer.memory: Bytes that may wait to be sent; when they are used up, \`send()\` blocks for \`max.block.ms\`.
compression.type: How batches are compressed, by which \`compression_rate\` tells how much. On a topic, \`producer\` keeps what the producer chose.
delivery.timeout.ms: Within this time a record is either acknowledged or failed, retries included.
enable.idempotence: The broker recognises a batch that is sent again, so a retry neither duplicates nor reorders.
max.block.ms: How long \`send()\` waits for room or for metadata before it fails.
max.in.flight.requests.per.connection: Requests to one broker that may be unanswered at a time. Above 1 without idempotence a retry can reorder records.
max.request.size: The largest request, and so the largest record, that the producer sends.
partitioner.class: Chooses the partition of a record; by default the hash of its key, else the partition whose batch is open.
partitioner.ignore.keys: Records are spread without regard to their keys; those of one key no longer keep their order.
request.timeout.ms: How long the client waits for an answer before it tries again.
retries: How often a failed request is sent again, within \`delivery.timeout.ms\`.
retry.backoff.ms: The pause before a retry; it grows with each one.
topic.metadata.refresh.interval.ms: How often a client asks for topics and leaders though nothing has failed: added partitions are found then.
transactional.id: Names a producer whose writes to several partitions become visible together, and fences off an older instance of it.
transaction.timeout.ms: A transaction that is open for longer is aborted by the coordinator.
allow.auto.create.topics: Reading a topic that does not exist creates it.
auto.commit.interval.ms: With \`enable.auto.commit\`, how often the positions are committed; after a crash what came since is read again.
auto.offset.reset: Where a group begins that has no committed offset: at the first record, at the next one, or with an error.
enable.auto.commit: The client commits the positions that \`poll()\` has handed out, processed or not.
fetch.max.bytes: The most bytes that one fetch brings from all partitions together.
fetch.max.wait.ms: How long the broker waits for \`fetch.min.bytes\` before it answers a fetch.
fetch.min.bytes: A fetch is answered when there are so many bytes. More means fewer requests and more latency.
group.id: The consumer group; its members share the partitions.
group.instance.id: A static member: it may be away for \`session.timeout.ms\` without a rebalance.
group.protocol: \`classic\` rebalances all members through one of them; \`consumer\` (KIP-848) lets the broker move single partitions.
heartbeat.interval.ms: How often a member tells the coordinator that it is alive.
isolation.level: Whether records of open and aborted transactions are handed out.
max.partition.fetch.bytes: The most bytes that one fetch brings from one partition.
max.poll.interval.ms: A member that does not poll again within this time leaves the group, and its partitions go to others.
max.poll.records: The most records that one \`poll()\` hands out.
partition.assignment.strategy: How the partitions are divided among the members of a classic group.
session.timeout.ms: A member that is not heard of for so long is taken for dead.
share.auto.offset.reset: Where a share group begins to read: at the first record, or at the next one.
share.delivery.count.limit: A record that was delivered so often without being accepted is archived.
share.heartbeat.interval.ms: How often a share group's member tells the coordinator that it is alive.
share.record.lock.duration.ms: For so long a record belongs to the member that acquired it; then others may have it.
share.session.timeout.ms: A share group's member that is not heard of for so long is taken for dead.
cleanup.policy: What happens to old records: \`delete\` them by age and size, or \`compact\` to the last one of each key.
delete.retention.ms: How long a compacted topic keeps tombstones, so that readers see what was deleted.
file.delete.delay.ms: How long a segment's file stays after the segment was deleted.
max.compaction.lag.ms: A record is compacted after this time at the latest.
max.message.bytes: The largest batch that the topic takes.
message.timestamp.type: Whether a record carries the time of its creation or of its append.
min.cleanable.dirty.ratio: The cleaner takes a log when this share of it has not been cleaned yet.
min.compaction.lag.ms: A record stays as it is for this time before it may be compacted away.
min.insync.replicas: With \`acks: all\` a write is refused while fewer replicas are in sync.
retention.bytes: How large a partition may grow before its oldest segment goes; -1 for no limit.
retention.ms: How old a segment may grow before it goes; -1 for no limit.
segment.bytes: A new segment begins at this size. Retention removes whole segments, never the active one.
segment.ms: A new segment begins after this time, even when the old one is not full.
unclean.leader.election.enable: A replica that is behind may become leader when no other is left: available again, with loss.
default.replication.factor: Replicas of topics that do not say their own.
group.initial.rebalance.delay.ms: How long a new group waits for more members before its first assignment.
leader.imbalance.check.interval.seconds: How often leadership is given back to the preferred replicas.
log.retention.check.interval.ms: How often segments are looked at for deletion.
num.partitions: Partitions of topics that do not say their own.
num.io.threads: Threads that handle requests, disk included.
num.network.threads: Threads that take requests from the network and send answers.
num.replica.fetchers: Threads with which a follower fetches from each leader.
offsets.retention.minutes: How long a group's offsets are kept after its last member has left.
replica.fetch.max.bytes: The most bytes of one partition that a follower fetches at a time.
replica.fetch.min.bytes: A follower's fetch is answered when there are so many bytes.
replica.fetch.wait.max.ms: How long a follower's fetch waits for bytes.
replica.lag.time.max.ms: A follower that has not caught up for so long leaves the in-sync replicas.
x-queue-type: \`classic\` for one node, \`quorum\` for copies that agree by Raft, \`stream\` for a log that many read.
x-message-ttl: A message that waits longer expires, and is dead-lettered where that is configured.
x-expires: A queue that nobody uses for so long is deleted.
x-max-length: The most messages that the queue holds ready; \`x-overflow\` says what happens beyond.
x-max-length-bytes: The most bytes of bodies that the queue holds ready.
x-overflow: At the limit, the oldest message goes (\`drop-head\`), or the new one is refused (\`reject-publish\`).
x-dead-letter-exchange: Where messages go that expire, overflow, are rejected or exceed the delivery limit.
x-dead-letter-routing-key: The routing key of dead letters; their own where it is left out.
x-dead-letter-strategy: \`at-least-once\` keeps a dead letter until its new queue has confirmed it; it needs \`x-overflow: reject-publish\`.
x-max-priority: The queue delivers by priority, with so many levels; each level costs memory.
x-single-active-consumer: One consumer gets everything, the next one takes over when it goes: order with failover.
x-delivery-limit: A message that was returned so often is dropped or dead-lettered.
x-quorum-initial-group-size: On how many nodes the queue begins with a copy.
x-quorum-target-group-size: How many replicas the queue grows to, where \`quorum_queue.continuous_membership_reconciliation.enabled\` is true; of its number and a policy's the larger one.
x-queue-master-locator: The older name of \`x-queue-leader-locator\`.
x-queue-leader-locator: On which node the leader begins: the one the client is connected to, or a balanced choice.
x-max-age: A stream's segment goes when its newest message is older: \`7D\`, \`12h\`.
x-initial-cluster-size: On how many nodes the stream begins with a copy.
x-stream-max-segment-size-bytes: The size of a stream's segments; retention removes whole ones.
x-stream-filter-size-bytes: The size of the filter with which a stream's segments are skipped.
x-stream-offset: Where a stream's consumer begins: \`first\`, \`last\`, \`next\`, an offset or a time.
x-priority: Consumers of a higher priority are served first, while their prefetch has room.
x-match: Whether all headers of a binding must match, or any; the \`-with-x\` forms look at headers that begin with \`x-\` too.
alternate-exchange: Where messages go that no binding of this exchange matches.
compression.gzip.level: How hard gzip tries: 1 is fast, 9 small, -1 its own choice, 6.
compression.lz4.level: How hard lz4 tries. 9, the default, is its fast compressor; each other level is smaller and several times as slow.
compression.zstd.level: How hard zstd tries: more is smaller and slower, from 12 on by tens of milliseconds a batch.
partitioner.adaptive.partitioning.enable: Records without a key go more often to partitions whose brokers answer quickly.
partitioner.availability.timeout.ms: A partition whose broker takes no batch for so long gets no records without a key; 0 switches that off.
reconnect.backoff.ms: The pause before a lost connection is tried again; it grows with each failure.
reconnect.backoff.max.ms: The longest pause between two tries to connect.
retry.backoff.max.ms: The longest pause before a retry, however often it failed.
transaction.two.phase.commit.enable: The transaction is ended by a coordinator outside of Kafka, and never times out.
client.rack: Where the client stands; it then reads from a replica in its own rack, if the brokers are set up to answer so (\`replica.selector.class\`).
default.api.timeout.ms: How long a call of the client may take that has no timeout of its own.
group.remote.assignor: With \`group.protocol: consumer\`, which of the broker's assignors divides the partitions.
internal.leave.group.on.close: Whether a member that closes leaves at once, or is missed only after \`session.timeout.ms\`.
share.acknowledgement.mode: With \`implicit\` the next \`poll()\` of a share group accepts all that the one before handed out; with \`explicit\` the application says of each record what became of it.
flush.messages: After so many messages the log is forced to disk; left to the operating system by default.
flush.ms: After this time the log is forced to disk; left to the operating system by default.
follower.replication.throttled.replicas: Followers whose fetching is slowed down to the replication quota.
leader.replication.throttled.replicas: Leaders whose sending to followers is slowed down to the replication quota.
internal.segment.bytes: The size of a segment below the smallest that \`segment.bytes\` takes: for tests.
local.retention.bytes: With tiered storage, how much stays on the broker's own disk; -2 follows \`retention.bytes\`.
local.retention.ms: With tiered storage, how long a segment stays on the broker's own disk; -2 follows \`retention.ms\`.
remote.storage.enable: Old segments move to tiered storage.
segment.jitter.ms: Segments are rolled up to so much before \`segment.ms\`, so that not all are at once.
auto.leader.rebalance.enable: Leadership goes back to the preferred replicas by itself.
broker.heartbeat.interval.ms: How often a broker tells the controller that it is alive.
broker.session.timeout.ms: A broker that the controller does not hear of for so long is fenced: others lead its partitions.
controlled.shutdown.enable: A broker that stops hands its leaderships over first.
controller.quorum.election.timeout.ms: How long a candidate waits for votes before it asks again.
controller.quorum.fetch.timeout.ms: A controller that cannot fetch from the leader for so long calls an election.
group.consumer.heartbeat.interval.ms: How often members of groups of the new protocol report; the broker tells them.
group.consumer.assignors: What the broker assigns by under the new protocol; a member that names none gets the first.
group.consumer.max.size: The most members of a group of the new protocol; the broker lets no other join, which leaves.
group.consumer.session.timeout.ms: A member of a group of the new protocol that is silent for so long is out.
group.coordinator.rebalance.protocols: Which protocols groups may use; without \`consumer\` its members are sent away.
group.max.session.timeout.ms: With a longer \`session.timeout.ms\` no member of a classic group may join.
group.max.size: The most members of a classic group; the broker lets no other join, which leaves.
group.min.session.timeout.ms: With a shorter \`session.timeout.ms\` no member of a classic group may join.
group.share.delivery.count.limit: How often a share group is given a record before it is given up.
group.share.max.share.sessions: The most share sessions of a broker; members beyond get no records until one is free.
group.share.max.size: The most members of a share group; the broker lets no other join, which leaves.
group.share.record.lock.duration.ms: How long a member of a share group keeps a record before others may have it.
log.cleaner.backoff.ms: How long the cleaner rests when no log is dirty enough.
log.cleaner.delete.retention.ms: How long compacted topics keep tombstones, so that readers see what was deleted.
log.cleaner.enable: Without it compacted topics stay as they are, and keep what is too old.
log.cleaner.max.compaction.lag.ms: A record is compacted after this time at the latest.
log.cleaner.min.cleanable.ratio: The cleaner takes a log when this share of it has not been cleaned yet.
log.cleaner.min.compaction.lag.ms: A record stays as it is for this time before it may be compacted away.
offsets.retention.minutes: A group without members for so long loses its offsets, and begins by \`auto.offset.reset\`.
log.retention.hours: How old a segment may grow, in hours; the settings in minutes and milliseconds win over it.
log.retention.minutes: How old a segment may grow, in minutes; the one in milliseconds wins over it.
log.roll.hours: A new segment begins after so many hours; the setting in milliseconds wins over it.
log.roll.ms: A new segment begins after this time, even when the old one is not full.
message.max.bytes: The largest batch that topics take that do not say their own.
replica.fetch.backoff.ms: How long a follower rests after a fetch that failed.
replica.fetch.response.max.bytes: The most bytes that one fetch of a follower brings from all partitions together.
replica.selector.class: With \`org.apache.kafka.common.replica.RackAwareReplicaSelector\` leaders send consumers to a replica in sync in the rack that their \`client.rack\` names.
hash-header: The header whose value a consistent-hash exchange goes by, in place of the routing key.
hash-property: The property whose value a consistent-hash exchange goes by, in place of the routing key.
x-delayed-type: How a delayed-message exchange routes once the delay is over: as \`direct\`, \`fanout\`, \`topic\` or \`headers\`.
x-stream-filter: Only segments that may hold messages with this filter value are sent to the consumer.
x-stream-match-unfiltered: Messages without a filter value are sent as well.
x-delayed-retry-type: Which returned messages wait before they are delivered again: \`all\`, those whose delivery \`failed\`, or those that were \`returned\` by \`basic.nack\`. From RabbitMQ 4.3.
x-delayed-retry-min: How long a returned message waits; so many times as long as its deliveries have failed.
x-delayed-retry-max: The longest that a returned message waits.
x-consumer-timeout: A consumer that does not acknowledge for so long loses its channel, and its messages are requeued. Without it 30 minutes.
federation-upstream: The link over which messages of another broker come.
federation-upstream-set: The links over which messages of other brokers come.
cluster_partition_handling: What nodes do when they take others for down: go on (\`ignore\`), stop where they are no majority (\`pause_minority\`), or restart all but one side when they meet again (\`autoheal\`).
net_ticktime: Seconds that a node hears nothing from another one before it takes that for down.
consumer_timeout: How long consumers may hold a delivery without acknowledging it, where neither their queue nor a policy says anything.
heartbeat: Seconds: the time-out of heartbeats that the broker suggests to clients. Java's client asks for 60 and takes the smaller one; 0 leaves it at that.
queue_leader_locator: On which node a queue's leader begins, where neither the queue nor a policy says anything: the one the client is connected to (\`client-local\`), or a \`balanced\` choice. Before 4.0 not of classic queues.
target-group-size: How many replicas a quorum queue grows to, where \`quorum_queue.continuous_membership_reconciliation.enabled\` is true; of the queue's and a policy's number the larger one.
quorum_queue.continuous_membership_reconciliation.enabled: Leaders of quorum queues look now and then whether there are replicas enough, and add one on a further node where there are not. From RabbitMQ 3.13.
quorum_queue.continuous_membership_reconciliation.target_group_size: How many replicas every quorum queue grows to, where the nodes are there; a queue or a policy may ask for more.
quorum_queue.continuous_membership_reconciliation.interval: The time from a look that found nothing to do to the next one.
quorum_queue.continuous_membership_reconciliation.trigger_interval: The time from the declaration of a queue, the coming or going of a node, or a look that added a replica, to the next look.
`;

const byName = new Map(
  notes
    .trim()
    .split("\n")
    .map((line) => {
      const colon = line.indexOf(": ");
      return [line.slice(0, colon), line.slice(colon + 2)] as const;
    }),
);

/** What a setting means; policy keys mean what the argument with `x-` means, broker keys what the topic's without `log.`. */
export function settingNote(name: string): string | undefined {
  return byName.get(name) ?? byName.get(`x-${name}`) ?? byName.get(name.replace(/^log\./u, ""));
}

/** The names that a meaning is told of. */
export function notedSettings(): string[] {
  return [...byName.keys()];
}
