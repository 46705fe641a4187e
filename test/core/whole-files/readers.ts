import fc from "fast-check";
import { joined, maybe, one, some } from "../random-text.ts";
import type { Counts } from "./counts.ts";

const work = some(
  one("processing: 3ms", "processing: {exponential: 9ms}", "processing: {perBatch: 2ms, perMessage: 1ms}"),
  maybe("concurrency: 3", "concurrency: 3, orderedBy: key", "concurrency: 2, orderedBy: none"),
  maybe("from: 800ms", "until: 2500ms", "from: 500ms, until: 3s"),
  maybe("instances: 3", "instances: 2"),
);
const groupFailures = maybe(
  "failures: 10%",
  "failures: {share: 5%, persistent: true}, onFailure: skip",
  "failures: 10%, onFailure: {retry: [50ms, 200ms], then: {deadLetterTopic: failed}}",
  "failures: 10%, onFailure: retry",
);
const groupConfig = maybe(
  "config: {isolation.level: read_committed}",
  "config: {auto.offset.reset: earliest, max.poll.records: 7}",
  "config: {group.protocol: consumer}",
  "config: {partition.assignment.strategy: cooperative-sticky, session.timeout.ms: 6s}",
  "config: {max.poll.interval.ms: 900, auto.commit.interval.ms: 200}",
  "config: {group.instance.id: a}",
  "config: {partition.assignment.strategy: roundrobin, client.rack: a}",
  "config: {partition.assignment.strategy: sticky}",
  "config: {group.protocol: consumer, group.remote.assignor: range, client.rack: b}",
  "config: {fetch.min.bytes: 5000, fetch.max.wait.ms: 200, auto.offset.reset: earliest}",
);
const queueFailures = maybe(
  "failures: 10%",
  "failures: 10%, onFailure: reject",
  "failures: {share: 5%, persistent: true}, onFailure: {retry: [50ms], then: reject}",
);

export const reader = fc.record({
  from: fc.nat(5),
  kind: one("group", "group", "share", "queue", "queue", "inputs"),
  several: fc.boolean(),
  number: fc.nat(2),
  work,
  commit: maybe("commit: after", "commit: before", "commit: transactional"),
  groupConfig,
  groupFailures,
  queueFailures,
  settling: some(
    maybe("prefetch: 1", "prefetch: 10", "prefetch: {channel: 5}"),
    maybe("ack: auto", "ack: early"),
    maybe("arguments: {x-priority: 3}"),
  ),
  state: maybe(
    "window: {tumbling: 400ms, grace: 100ms, by: key}",
    "window: {hopping: {size: 600ms, every: 200ms}}",
    "window: {session: 150ms, by: key}",
    "join",
  ),
  changelog: fc.boolean(),
  offset: one("first", "first", "next", "last", "5"),
  sends: maybe("topic", "queue", "exchange", "reply"),
  to: fc.nat(5),
});
type Reader = typeof reader extends fc.Arbitrary<infer Value> ? Value : never;

/** A consumer; what it sends on has, whatever reads it, less than one descendant. */
export function readerText(of: Reader, number: number, counts: Counts): string {
  const entries = {
    group: () => groupMember(of, number, counts),
    share: () => shareMember(of, counts),
    queue: () => queueReader(of, counts),
    inputs: () => readerOfBoth(of, counts),
  }[of.kind as "group"]();
  return `c${number}: {${joined(entries)}}`;
}

function groupMember(of: Reader, number: number, counts: Counts): string[] {
  const sends = sendsText(of, counts);
  const state = sends && stateText(of, "t", counts.topics);
  const changelog = state !== "" && of.changelog ? `changelog: state${number}` : "";
  const commit = changelog !== "" && of.commit !== "commit: transactional" ? "commit: after" : of.commit;
  const { work, groupConfig, groupFailures } = of;
  return [
    ...[readsText(of, "topic", counts.topics), `group: g${of.number}`, work, commit],
    ...[groupConfig, groupFailures, state, changelog, sends],
  ];
}

function shareMember(of: Reader, counts: Counts): string[] {
  const { from, number, work, groupFailures } = of;
  const failures = groupFailures.includes("retry")
    ? "failures: 10%, onFailure: {retry: [50ms], then: {deadLetterTopic: failed}}"
    : groupFailures && "failures: 10%";
  return [
    `topic: t${from % counts.topics}, shareGroup: s${number}`,
    unordered(work),
    failures,
    sendsText(of, counts),
  ];
}

function queueReader(of: Reader, counts: Counts): string[] {
  const { queues, streams } = counts;
  const sends = of.sends === "reply" ? "sends: [{reply: true}]" : sendsText(of, counts);
  const state = sends && stateText(of, "q", queues);
  const how = [of.from, of.from + 1].some((at) => streams.has(at % queues))
    ? [`prefetch: 20, arguments: {x-stream-offset: ${of.offset}}`]
    : [of.settling, of.queueFailures];
  return [readsText(of, "queue", queues), unordered(of.work), ...how, state, sends];
}

/** A member of a group, or of a share group, that reads queues as well. */
function readerOfBoth(of: Reader, counts: Counts): string[] {
  const { groupFailures, queueFailures, number, several, commit, groupConfig, settling } = of;
  const [failures, onFailure] = [failuresOf(queueFailures), howFailed(queueFailures)];
  const member = several
    ? [`shareGroup: s${number}`]
    : [`group: g${number}`, commit, groupConfig, howFailed(groupFailures)];
  const fromQueue = counts.streams.has(of.from % counts.queues)
    ? ["prefetch: 20, arguments: {x-stream-offset: first}"]
    : [settling, onFailure];
  const inputs = [
    [`topic: t${of.from % counts.topics}`, ...member],
    [`queue: q${of.from % counts.queues}`, ...fromQueue],
  ].map((input) => `{${joined(input)}}`);
  return [`inputs: [${inputs.join(", ")}]`, unordered(of.work), failures, sendsText(of, counts)];
}

const failuresOf = (text: string): string => /^failures: (?:\{.*?\}|\d+%)/u.exec(text)?.[0] ?? "";
const howFailed = (text: string): string => text.slice(failuresOf(text).length).replace(/^, /u, "");

function readsText({ from, several, state }: Reader, kind: string, all: number): string {
  const name = (number: number): string => `${kind[0]!}${number % all}`;
  return (several || state === "join") && all > 1
    ? `${kind}s: [${name(from)}, ${name(from + 1)}]`
    : `${kind}: ${name(from)}`;
}

function stateText({ from, state }: Reader, kind: string, all: number): string {
  return state === "join"
    ? `join: {of: [${kind}${from % all}, ${kind}${(from + 1) % all}], by: key, within: 300ms}`
    : state;
}

function sendsText({ sends, to }: Reader, { topics, queues, exchanges }: Counts): string {
  if (sends === "reply") return "";
  const all = { topic: topics, queue: queues, exchange: exchanges };
  return sends === "" ? "" : `sends: [{${sends}: ${sends[0]!}${to % all[sends as "topic"]}, ratio: 0.1}]`;
}

function unordered(work: string): string {
  return work.replace(/, orderedBy: \w+/u, "");
}
