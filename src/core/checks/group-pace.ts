import { isSerial, repeated } from "../capacity/pace.ts";
import { arrivalRate } from "../model/arrival-rate.ts";
import { placeOf } from "../model/readings.ts";
import type { Topic } from "../model/topology.ts";
import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import { meanOf } from "../sim/sampler.ts";
import type { CheckedFile, LogReader } from "./checked-file.ts";
import { segmentTime } from "./topic-retention.ts";

const nanosPerSecond = 1e9;

/** The chance that a full poll commits, below which that is told; and the failures in a poll that its fix aims at. */
const rarely = 0.5;
const fewFailures = 0.1;

/** `retention-outruns-group`, `poll-interval-exceeded`, `abort-repeats-poll`: groups too slow for what bounds their time. */
export function* groupPace(file: CheckedFile): Iterable<Problem> {
  for (const [group, consumers] of file.groups) {
    for (const consumer of consumers) {
      yield* pollInterval(file, consumer);
      yield* abortedPoll(file, consumer);
    }
    if (file.tellsSenders && file.tells("kafka")) yield* outrun(file, group, consumers);
  }
}

/** Mean nanoseconds of a record; undefined where kinds or keys differ. */
function timeOf({ processing }: LogReader): number | undefined {
  return processing.byKind.size + processing.byKey.size > 0 ? undefined : meanOf(processing.perMessage);
}

function* pollInterval(file: CheckedFile, consumer: LogReader): Iterable<Problem> {
  const { name, concurrency, from } = consumer;
  const { maxPollRecords: records, maxPollInterval: interval } = from.settings;
  const time = timeOf(consumer);
  if (time === undefined) return;
  const each = time / concurrency;
  if (records * each <= interval) return;
  const path = placeOf(consumer);
  const fits = Math.max(Math.floor(interval / each / 2), 1);
  const place =
    file.at(...path, "config", "max.poll.records") ??
    file.at(...path, "config", "max.poll.interval.ms") ??
    file.at("consumers", name.text, "processing");
  yield problem(
    "poll-interval-exceeded",
    place?.span ?? name.span,
    { consumer: name.text, records, each, interval },
    fits * each <= interval
      ? file.set(`Set max.poll.records: ${fits}`, [...path, "config", "max.poll.records"], String(fits))
      : [],
  );
}

/** A transaction is a poll: one failure takes back what was done for all its records. */
function* abortedPoll(file: CheckedFile, consumer: LogReader): Iterable<Problem> {
  const { name, failures, from } = consumer;
  const { commit, onFailure, maxPollRecords: records } = from.settings;
  if (commit !== "transactional" || onFailure !== "retry" || failures.persistent) return;
  const passes = 1 - failures.share;
  const commits = repeated(passes, records);
  if (commits >= rarely) return;
  const at = [...placeOf(consumer), "config", "max.poll.records"];
  const fits = Math.max(Math.floor(fewFailures / failures.share), 1);
  yield problem(
    "abort-repeats-poll",
    file.at("consumers", name.text, "failures")?.span ?? name.span,
    { consumer: name.text, share: failures.share, records, commits },
    repeated(passes, fits) < rarely ? [] : file.set(`Set max.poll.records: ${fits}`, at, String(fits)),
  );
}

/** A group that is offered more than it can do falls behind steadily, by a share of the time that passes. */
export function* outrun(
  file: CheckedFile,
  group: string,
  consumers: readonly LogReader[],
): Iterable<Problem> {
  const [consumer] = consumers;
  const [name, ...others] = new Set(consumers.flatMap(({ from }) => from.topics.map(({ text }) => text)));
  const topic = file.topology.kafka?.topics.get(name ?? "");
  if (consumer === undefined || topic === undefined || others.length > 0) return;
  const { duration } = file.topology.run;
  const offered = offeredRate(file, topic);
  const capacity = capacityOf(consumers, topic.partitions);
  const kept = keptFor(file, topic);
  if (offered === undefined || capacity === undefined || kept === undefined || capacity >= offered) return;
  const after = kept / (1 - capacity / offered);
  if (after >= duration) return;
  const retention = file.at("kafka", "topics", topic.name.text, "config", "retention.ms");
  yield problem(
    "retention-outruns-group",
    file.at("consumers", consumer.name.text, "processing")?.span ?? consumer.name.span,
    { group, topic: topic.name.text, offered, capacity, after, kept },
    [],
    retention === undefined
      ? {}
      : { related: [{ message: "how long records are kept", span: retention.span }] },
  );
}

/** Messages per second, of flows that send during the whole run. */
function offeredRate(file: CheckedFile, { name }: Topic): number | undefined {
  let sum = 0;
  for (const { flow } of file.writersOf(name.text)) {
    const rate = arrivalRate(flow.arrivals);
    if (rate === undefined || flow.messages !== Infinity || flow.until < file.topology.run.duration)
      return undefined;
    sum += rate;
  }
  return sum;
}

function capacityOf(consumers: readonly LogReader[], partitions: number): number | undefined {
  let sum = 0;
  let left = partitions;
  for (const consumer of consumers) {
    const time = timeOf(consumer);
    if (time === undefined || time === 0) return undefined;
    const { instances, concurrency, from } = consumer;
    // Members of a share group read each partition together.
    const members = from.settings.share === undefined ? Math.min(instances, left) : instances;
    left -= members;
    const handlers = members * concurrency;
    const atOnce = isSerial(from) ? Math.min(handlers, partitions) : handlers;
    sum += (atOnce * nanosPerSecond) / time;
  }
  return sum;
}

/** Nanoseconds until a record is deleted: a segment goes as a whole, when its last record is old enough. */
function keptFor(file: CheckedFile, topic: Topic): number | undefined {
  const segment = segmentTime(file, topic);
  if (!topic.log.delete || segment === undefined) return undefined;
  const kept = topic.log.retentionTime + segment;
  return kept === Infinity ? undefined : kept;
}
