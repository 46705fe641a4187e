import { placeOf } from "../model/readings.ts";
import { describe } from "../parse/tree.ts";
import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import { span } from "../problems/words.ts";
import { meanOf } from "../sim/sampler.ts";
import type { CheckedFile, LogReader } from "./checked-file.ts";

/** `session-too-tight`, `auto-commit-loss`, `mixed-subscriptions`, and `bad-value` of a session: settings of a group's members. */
export function* groupSettings(file: CheckedFile): Iterable<Problem> {
  for (const [group, consumers] of file.groups) {
    for (const consumer of consumers) {
      yield* session(file, consumer);
      yield* sessionBounds(file, consumer);
      yield* autoCommit(file, consumer);
    }
    yield* mixed(file, group, consumers);
  }
}

/** Under the consumer protocol both are the broker's. */
function* session(file: CheckedFile, { name, input, from }: LogReader): Iterable<Problem> {
  const { heartbeatInterval: heartbeat, sessionTimeout, protocol } = from.settings;
  if (protocol === "consumer" || heartbeat * 3 <= sessionTimeout) return;
  const config = [...placeOf({ name, input }), "config"];
  const place = file.at(...config, "heartbeat.interval.ms") ?? file.at(...config, "session.timeout.ms");
  const third = Math.max(Math.floor(sessionTimeout / 3e6), 1);
  yield problem(
    "session-too-tight",
    place?.span ?? name.span,
    { consumer: name.text, heartbeat, session: sessionTimeout },
    file.set(`Set heartbeat.interval.ms: ${third}ms`, [...config, "heartbeat.interval.ms"], `${third}ms`),
  );
}

/** What a broker takes of a member of the classic protocol. */
function* sessionBounds(file: CheckedFile, { name, input, from }: LogReader): Iterable<Problem> {
  const { sessionTimeout, protocol } = from.settings;
  const written = file.at(...placeOf({ name, input }), "config", "session.timeout.ms");
  if (written === undefined || protocol === "consumer") return;
  const { sessionMin, sessionMax } = file.topology.kafka!.cluster.groupLimits;
  if (sessionTimeout >= sessionMin && sessionTimeout <= sessionMax) return;
  const isShort = sessionTimeout < sessionMin;
  const setting = isShort ? "group.min.session.timeout.ms" : "group.max.session.timeout.ms";
  const bound = isShort ? sessionMin : sessionMax;
  const allowed = `${bound / 1e6}ms`;
  yield problem(
    "bad-value",
    written.span,
    {
      key: "session.timeout.ms",
      found: describe(written),
      reason: `the broker lets no member join with ${isShort ? "less than" : "more than"} ${span(bound)}, its \`${setting}\``,
    },
    file.set(
      `Set session.timeout.ms: ${allowed}`,
      [...placeOf({ name, input }), "config", "session.timeout.ms"],
      allowed,
    ),
    { severity: "warning" },
  );
}

/** With one handler `poll()` commits what is finished: nothing is lost. */
function* autoCommit(file: CheckedFile, consumer: LogReader): Iterable<Problem> {
  const { name, concurrency, from, processing } = consumer;
  if (from.settings.commit !== "auto" || concurrency === 1) return;
  const times = [processing.perMessage, ...processing.byKind.values(), ...processing.byKey.values()];
  if (times.every((time) => meanOf(time) === 0)) return;
  const path = placeOf(consumer);
  const place =
    file.at(...path, "commit") ??
    file.at(...path, "config", "enable.auto.commit") ??
    file.at("consumers", name.text, "concurrency");
  const automatic = file.at(...path, "config", "enable.auto.commit") !== undefined;
  yield problem(
    "auto-commit-loss",
    place?.span ?? name.span,
    { consumer: name.text, concurrency },
    automatic ? [] : file.set("Commit after processing", [...path, "commit"], "after"),
  );
}

function* mixed(file: CheckedFile, group: string, consumers: readonly LogReader[]): Iterable<Problem> {
  const [first, ...others] = consumers;
  if (first === undefined) return;
  for (const consumer of others) {
    const args = { group, consumer: consumer.name.text, other: first.name.text };
    const path = placeOf(consumer);
    if (topicsOf(consumer) !== topicsOf(first))
      yield problem(
        "mixed-subscriptions",
        (file.at(...path, "topic") ?? file.at(...path, "topics"))?.span ?? consumer.name.span,
        { ...args, kind: "topics" },
        [],
        { related: [{ message: `what \`${first.name.text}\` reads`, span: first.from.topics[0]!.span }] },
      );
  }
  yield* mixedAssignors(file, group, consumers);
}

/** A group assigns by what all its members of the classic protocol name. */
function* mixedAssignors(
  file: CheckedFile,
  group: string,
  consumers: readonly LogReader[],
): Iterable<Problem> {
  const [first, ...others] = consumers.filter(({ from }) => from.settings.protocol === "classic");
  if (first === undefined) return;
  const joined = [first];
  let common = first.from.settings.strategies;
  for (const consumer of others) {
    const { strategies } = consumer.from.settings;
    const shared = common.filter((strategy) => strategies.includes(strategy));
    const joins = shared.length > 0;
    if (strategies.join() !== first.from.settings.strategies.join())
      yield mixedAssignor(file, group, consumer, joins ? [first] : without(strategies, joined), joins);
    if (!joins) continue;
    common = shared;
    joined.push(consumer);
  }
}

/** One of them that has none of these assignors, or all of them where it takes them together. */
function without(strategies: readonly string[], members: readonly LogReader[]): readonly LogReader[] {
  const stranger = members.find(
    ({ from }) => !from.settings.strategies.some((strategy) => strategies.includes(strategy)),
  );
  return stranger === undefined ? members : [stranger];
}

function mixedAssignor(
  file: CheckedFile,
  group: string,
  consumer: LogReader,
  others: readonly LogReader[],
  joins: boolean,
): Problem {
  const setting = ["config", "partition.assignment.strategy"];
  const path = [...placeOf(consumer), ...setting];
  const [model] = others;
  const theirs = file.at(...placeOf(model!), ...setting);
  return problem(
    "mixed-subscriptions",
    file.at(...path)?.span ?? consumer.name.span,
    {
      group,
      consumer: consumer.name.text,
      other: others.map(({ name }) => name.text).join("`, `"),
      kind: joins ? "assignors" : "no-assignor",
    },
    theirs?.kind === "scalar" && theirs.value !== null
      ? file.set(`Use ${theirs.source} as ${model!.name.text} does`, path, theirs.source)
      : [],
    {
      related: others.map(({ name, input }) => ({
        message: `what \`${name.text}\` assigns by`,
        span: file.at(...placeOf({ name, input }), ...setting)?.span ?? name.span,
      })),
      ...(!joins && { severity: "error" }),
    },
  );
}

function topicsOf({ from }: LogReader): string {
  return JSON.stringify(from.topics.map(({ text }) => text).sort());
}
