/**
 * Producer settings of librdkafka 2.x, the C client behind those of Python, Go, .NET and Node, as its CONFIGURATION.md
 * names them: name, what its value is, default, and whether the engine simulates it. Of older names of
 * the same settings the engine follows those that it simulates.
 */
export const librdkafkaSettingLines = {
  librdkafka: `acks text all simulated
batch.num.messages count 10000 simulated
batch.size size 1000000 simulated
bootstrap.servers list [] none
client.id text rdkafka none
compression.codec text none simulated
compression.level number -1 simulated
compression.type text none simulated
debug text "" none
delivery.report.only.error boolean false none
delivery.timeout.ms duration 300000 simulated
enable.gapless.guarantee boolean false simulated
enable.idempotence boolean false simulated
linger.ms duration 5 simulated
log_level count 6 none
max.in.flight count 1000000 simulated
max.in.flight.requests.per.connection count 1000000 simulated
message.max.bytes size 1000000 simulated
message.send.max.retries count 2147483647 simulated
message.timeout.ms duration 300000 simulated
metadata.max.age.ms duration 900000 none
partitioner text consistent_random simulated
queue.buffering.backpressure.threshold count 1 simulated
queue.buffering.max.kbytes count 1048576 simulated
queue.buffering.max.messages count 100000 simulated
queue.buffering.max.ms duration 5 simulated
queuing.strategy text fifo none
request.required.acks text all simulated
request.timeout.ms duration 30000 simulated
retries count 2147483647 simulated
retry.backoff.max.ms duration 1000 simulated
retry.backoff.ms duration 100 simulated
socket.keepalive.enable boolean false none
socket.nagle.disable boolean true none
socket.timeout.ms duration 60000 none
statistics.interval.ms duration 0 none
sticky.partitioning.linger.ms duration 10 simulated
topic.metadata.refresh.interval.ms duration 300000 simulated
transaction.timeout.ms duration 60000 simulated
transactional.id text null simulated`,
} as const;
