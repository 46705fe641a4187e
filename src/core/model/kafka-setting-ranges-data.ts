/**
 * What Kafka 4.1.1 lets its settings be, as its configuration definitions say (`ConfigDef.Range`): in each line the least and the
 * most value, times in ms, and the settings that have this range. What is not here is 0 or more, or has no bounds. The ranges of
 * the codecs' levels have exceptions and stand elsewhere.
 */
export const kafkaSettingRanges = {
  producer: `1.. max.in.flight.requests.per.connection metrics.num.samples
5000.. metadata.max.idle.ms
-1.. receive.buffer.bytes send.buffer.bytes`,
  consumer: `1.. max.poll.interval.ms max.poll.records metrics.num.samples
-1.. receive.buffer.bytes send.buffer.bytes`,
  topic: `1.. flush.messages max.compaction.lag.ms min.insync.replicas segment.ms
-2.. local.retention.bytes local.retention.ms
0..1 min.cleanable.dirty.ratio
-1.. retention.ms
1048576.. segment.bytes
4.. segment.index.bytes`,
  broker: `1.. add.partitions.to.txn.retry.backoff.ms alter.log.dirs.replication.quota.window.num alter.log.dirs.replication.quota.window.size.seconds background.threads controller.quota.window.num controller.quota.window.size.seconds delegation.token.expiry.check.interval.ms delegation.token.expiry.time.ms delegation.token.max.lifetime.ms group.consumer.heartbeat.interval.ms group.consumer.max.heartbeat.interval.ms group.consumer.max.session.timeout.ms group.consumer.max.size group.consumer.min.heartbeat.interval.ms group.consumer.min.session.timeout.ms group.consumer.session.timeout.ms group.coordinator.threads group.max.size group.share.heartbeat.interval.ms group.share.max.heartbeat.interval.ms group.share.max.session.timeout.ms group.share.max.share.sessions group.share.min.heartbeat.interval.ms group.share.min.session.timeout.ms group.share.session.timeout.ms group.streams.heartbeat.interval.ms group.streams.max.heartbeat.interval.ms group.streams.max.session.timeout.ms group.streams.max.size group.streams.min.heartbeat.interval.ms group.streams.min.session.timeout.ms group.streams.session.timeout.ms kafka.metrics.polling.interval.secs leader.imbalance.check.interval.seconds log.cleaner.max.compaction.lag.ms log.dir.failure.timeout.ms log.flush.interval.messages log.retention.check.interval.ms log.roll.hours max.request.partition.size.limit metadata.log.max.record.bytes.between.snapshots metrics.num.samples metrics.sample.window.ms min.insync.replicas num.io.threads num.network.threads num.partitions num.recovery.threads.per.data.dir offsets.commit.timeout.ms offsets.load.buffer.size offsets.retention.check.interval.ms offsets.retention.minutes offsets.topic.num.partitions offsets.topic.replication.factor offsets.topic.segment.bytes producer.id.expiration.check.interval.ms producer.id.expiration.ms queued.max.requests quota.window.num quota.window.size.seconds remote.fetch.max.wait.ms remote.list.offsets.request.timeout.ms replication.quota.window.num replication.quota.window.size.seconds share.coordinator.cold.partition.snapshot.interval.ms share.coordinator.load.buffer.size share.coordinator.state.topic.min.isr share.coordinator.state.topic.num.partitions share.coordinator.state.topic.prune.interval.ms share.coordinator.state.topic.replication.factor share.coordinator.state.topic.segment.bytes share.coordinator.threads share.coordinator.write.timeout.ms socket.listen.backlog.size socket.request.max.bytes telemetry.max.bytes transaction.abort.timed.out.transaction.cleanup.interval.ms transaction.max.timeout.ms transaction.remove.expired.transaction.cleanup.interval.ms transaction.state.log.load.buffer.size transaction.state.log.min.isr transaction.state.log.num.partitions transaction.state.log.replication.factor transaction.state.log.segment.bytes transactional.id.expiration.ms unclean.leader.election.interval.ms
100.. controller.performance.sample.period.ms
1024.. fetch.max.bytes
10000.. group.consumer.regex.refresh.interval.ms
2..10 group.share.delivery.count.limit
30000..3600000 group.share.max.record.lock.duration.ms
1..1000 group.share.max.size
1000..30000 group.share.min.record.lock.duration.ms
100..10000 group.share.partition.max.record.locks
1000..3600000 group.share.record.lock.duration.ms
0..1 log.cleaner.min.cleanable.ratio
4.. log.index.size.max.bytes
-2.. log.local.retention.bytes log.local.retention.ms
1048576.. log.segment.bytes
8388608.. metadata.log.segment.bytes`,
  group: `1.. share.heartbeat.interval.ms share.session.timeout.ms
1000.. share.record.lock.duration.ms`,
} as const;
