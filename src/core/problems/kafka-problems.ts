import { error, information, warning } from "./entry.ts";
import { counted, listed, percent, span } from "./words.ts";

export interface GroupSize {
  readonly group: string;
  readonly members: number;
  readonly partitions: number;
  readonly topics: readonly string[];
}

export interface Rated {
  readonly group: string;
  readonly topic: string;
  /** Messages per second. */
  readonly offered: number;
  readonly capacity: number;
  /** Nanoseconds of the run until the group reads what is gone. */
  readonly after: number;
  readonly kept: number;
}

const rate = (perSecond: number): string => `${Number(perSecond.toPrecision(3))}/s`;

/** What the log model's checks say. Times are nanoseconds. */
export const kafkaProblems = {
  "idle-members": warning(
    ({ group, members, partitions, topics, idle }: GroupSize & { readonly idle: number }) =>
      `Group \`${group}\` has ${counted(members, "member")} for ${counted(partitions, "partition")} of ${listed(topics)}; ${idle} will stay idle. Add partitions or run fewer instances.`,
  ),
  "uneven-members": information(
    ({
      group,
      members,
      partitions,
      topics,
      most,
      least,
    }: GroupSize & { readonly most: number; readonly least: number }) =>
      `The ${counted(partitions, "partition")} of ${listed(topics)} do not divide evenly among the ${counted(members, "member")} of group \`${group}\`: some have ${most}, others ${least}. Let the number of members divide the partitions.`,
  ),
  "replicas-exceed-brokers": error(
    ({
      topic,
      replicas,
      brokers,
    }: {
      readonly topic: string;
      readonly replicas: number;
      readonly brokers: number;
    }) =>
      `Topic \`${topic}\` asks for ${replicas} replicas of each partition, but there ${brokers === 1 ? "is 1 broker" : `are ${brokers} brokers`}: Kafka refuses it. Ask for fewer replicas, or add \`brokers\`.`,
  ),
  "min-insync-unreachable": error(
    ({
      topic,
      wanted,
      replicas,
      capped,
    }: {
      readonly topic: string;
      readonly wanted: number;
      readonly replicas: number;
      readonly capped: boolean;
    }) =>
      capped
        ? `Topic \`${topic}\` asks for ${wanted} replicas in sync but has ${replicas}: Kafka takes ${replicas} for it since 3.7, so \`acks: all\` promises less than the file says. Raise \`replicas\`, or lower \`min.insync.replicas\`.`
        : `Topic \`${topic}\` asks for ${wanted} replicas in sync but has ${replicas}: what is sent with \`acks: all\` is always refused. Raise \`replicas\`, or lower \`min.insync.replicas\`.`,
  ),
  "min-insync-no-slack": warning(
    ({ topic, replicas }: { readonly topic: string; readonly replicas: number }) =>
      `All ${replicas} replicas of topic \`${topic}\` must be in sync for \`acks: all\`: while one broker is down nothing can be written. Lower \`min.insync.replicas\` to ${replicas - 1}.`,
  ),
  "weak-acks": warning(
    ({
      producer,
      topic,
      acks,
      replicas,
    }: {
      readonly producer: string;
      readonly topic: string;
      readonly acks: 0 | 1;
      readonly replicas: number;
    }) =>
      acks === 0
        ? `\`${producer}\` waits for no answer: what a broker never got, or loses in a crash, is lost without a word, although topic \`${topic}\` has ${replicas} replicas. Use \`acks: all\`.`
        : `\`${producer}\` waits for the leader alone: what its followers lack when it crashes is lost, although topic \`${topic}\` has ${replicas} replicas. Use \`acks: all\`.`,
  ),
  "idempotence-conflict": error(
    ({
      producer,
      setting,
      value,
      needed,
      written,
    }: {
      readonly producer: string;
      readonly setting: string;
      readonly value: string;
      readonly needed: string;
      readonly written: boolean;
    }) =>
      written
        ? `\`enable.idempotence: true\` of \`${producer}\` needs ${needed}, but \`${setting}\` is ${value}: the client refuses to start. Change one of the two.`
        : `\`${setting}: ${value}\` switches idempotence of \`${producer}\` off in silence: a retry can write a record twice. It needs ${needed}; or write \`enable.idempotence: false\` to say that it is meant.`,
  ),
  "moved-keys": warning(
    ({
      topic,
      before,
      count,
      producers,
    }: {
      readonly topic: string;
      readonly before: number;
      readonly count: number;
      readonly producers: readonly string[];
    }) =>
      `With ${count} partitions in place of ${before}, keys of ${listed(producers)} go to other partitions of \`${topic}\` than before: a record may be processed before earlier ones of its key. Let consumers drain the topic first, or give it enough partitions from the start.`,
  ),
  "reorder-on-retry": warning(
    ({
      producer,
      topic,
      inFlight,
    }: {
      readonly producer: string;
      readonly topic: string;
      readonly inFlight: number;
    }) =>
      `\`${producer}\` has up to ${inFlight} requests in flight without idempotence: when one is retried, later records of the same key stand before it in \`${topic}\`. Enable idempotence, or allow 1 request in flight.`,
  ),
  "compacted-without-key": error(
    ({ sender, topic }: { readonly sender: string; readonly topic: string }) =>
      `Topic \`${topic}\` is compacted, but ${sender} has messages without a key: the broker refuses them. Give them a \`key\`.`,
  ),
  "few-keys": warning(
    ({
      topic,
      keys,
      partitions,
      used,
    }: {
      readonly topic: string;
      readonly keys: number;
      readonly partitions: number;
      readonly used: number;
    }) =>
      `Topic \`${topic}\` gets ${counted(keys, "distinct key")} for ${counted(partitions, "partition")}: ${partitions - used} of them stay empty. Use more keys, or fewer partitions.`,
  ),
  "hot-partition": warning(
    ({
      topic,
      partition,
      share,
      partitions,
      key,
    }: {
      readonly topic: string;
      readonly partition: number;
      readonly share: number;
      readonly partitions: number;
      /** The most frequent one there, and its share of all messages. */
      readonly key: { readonly text: string; readonly share: number };
    }) =>
      `Partition ${partition} of topic \`${topic}\` gets ${percent(share)} of the messages, where an even share is ${percent(1 / partitions)}; key \`${key.text}\` alone is ${percent(key.share)}. Split the frequent keys, or let order go.`,
  ),
  "mixed-partitioners": warning(
    ({
      topic,
      producer,
      way,
      other,
      otherWay,
    }: {
      readonly topic: string;
      readonly producer: string;
      readonly way: string;
      readonly other: string;
      readonly otherWay: string;
    }) =>
      `\`${producer}\` ${way}, \`${other}\` ${otherWay}: records of one key lie in different partitions of \`${topic}\`, and their order is not kept. Let both place keys the same way.`,
  ),
  "several-writers": information(
    ({ topic, producers }: { readonly topic: string; readonly producers: readonly string[] }) =>
      `${listed(producers)} write the same keys to topic \`${topic}\`: of two records of one key, the later one of one producer can come before the earlier one of another. Let one producer write a key.`,
  ),
  "retention-outruns-group": warning(
    ({ group, topic, offered, capacity, after, kept }: Rated) =>
      `Group \`${group}\` can do ${rate(capacity)} of the ${rate(offered)} of topic \`${topic}\`, which keeps records for ${span(kept)}: after ${span(after)} records expire before they are read. Speed the group up, or keep records longer.`,
  ),
  "poll-interval-exceeded": warning(
    ({
      consumer,
      records,
      each,
      interval,
    }: {
      readonly consumer: string;
      readonly records: number;
      readonly each: number;
      readonly interval: number;
    }) =>
      `A poll of \`${consumer}\` brings up to ${counted(records, "record")} of ${span(each)} each, which takes ${span(records * each)}, but after ${span(interval)} without a poll it is put out of its group: it loses its partitions again and again. Lower \`max.poll.records\`, or raise \`max.poll.interval.ms\`.`,
  ),
  "abort-repeats-poll": warning(
    ({
      consumer,
      share,
      records,
      commits,
    }: {
      readonly consumer: string;
      readonly share: number;
      readonly records: number;
      readonly commits: number;
    }) =>
      `One failure takes back all that \`${consumer}\` has done for a poll: where ${percent(share)} fail, ${commits < 1e-4 ? "hardly any" : percent(commits)} of the polls of ${counted(records, "record")} commit. A backlog fills the polls, and may never be worked off. Lower \`max.poll.records\`, or let what fails pass: \`onFailure: skip\`, or a dead-letter topic.`,
  ),
  "session-too-tight": warning(
    ({
      consumer,
      heartbeat,
      session,
    }: {
      readonly consumer: string;
      readonly heartbeat: number;
      readonly session: number;
    }) =>
      `\`${consumer}\` sends a heartbeat every ${span(heartbeat)} in a session of ${span(session)}: one or two lost ones put a member that lives out of its group. Let the heartbeat be a third of the session at most.`,
  ),
  "auto-commit-loss": warning(
    ({ consumer, concurrency }: { readonly consumer: string; readonly concurrency: number }) =>
      `\`${consumer}\` polls on while ${concurrency} handlers work, and commits by itself what they have not finished: in a crash these records are lost (at most once). Commit after processing: \`commit: after\`.`,
  ),
  "mixed-subscriptions": warning(
    (args: {
      readonly group: string;
      readonly consumer: string;
      readonly other: string;
      readonly kind: "topics" | "assignors" | "no-assignor";
    }) =>
      args.kind === "topics"
        ? `\`${args.consumer}\` and \`${args.other}\` are members of group \`${args.group}\` but read different topics: each topic's records go to some of the members alone. Give each its own group.`
        : args.kind === "assignors"
          ? `\`${args.consumer}\` and \`${args.other}\` of group \`${args.group}\` name different assignors: the group uses one that both have, not always the first. Give them the same \`partition.assignment.strategy\`.`
          : `\`${args.consumer}\` and \`${args.other}\` of group \`${args.group}\` share no assignor: \`${args.consumer}\` cannot join. Give them a common \`partition.assignment.strategy\`.`,
  ),
  "unread-topic": information(
    ({ topic }: { readonly topic: string }) =>
      `Nobody reads topic \`${topic}\`. Add a consumer, or take the topic out.`,
  ),
  "unwritten-topic": information(
    ({ topic }: { readonly topic: string }) =>
      `Nobody writes to topic \`${topic}\`. Add a producer, or take the topic out.`,
  ),
  "segment-delays-retention": information(
    ({
      topic,
      segment,
      retention,
    }: {
      readonly topic: string;
      readonly segment: number;
      readonly retention: number;
    }) =>
      `Topic \`${topic}\` deletes whole segments, and one takes ${span(segment)} to fill: records are kept for up to ${span(segment + retention)}, not for ${span(retention)}. Lower \`segment.ms\` or \`segment.bytes\`.`,
  ),
};
