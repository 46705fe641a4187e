import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "../../src/core/index.ts";
import { mayReturn } from "../../src/core/model/timeline.ts";
import type { Topology } from "../../src/core/model/topology.ts";
import { simulate } from "../../src/core/run.ts";
import type { EntityKind, Result } from "../../src/core/stats/result.ts";
import { Station } from "../../src/core/stats/trace.ts";

/**
 * Little's law without a limit: over any window, the area under the number of things inside is the sum of the times
 * that each was inside. The engine keeps the level; the times are taken from the journeys.
 */

const folder = new URL("../../examples/", import.meta.url);
const examples = readdirSync(folder).filter((name) => name.endsWith(".topology.yaml"));

/** The whole run is traced; some examples are shortened, so that all of their journeys find room. */
function traced(name: string): { topology: Topology; result: Result } {
  const { topology } = parse(readFileSync(new URL(name, folder), "utf8"));
  const run = { ...topology.run, duration: Math.min(topology.run.duration, 60e9), trace: 1e9 };
  const shortened = { ...topology, run };
  return { topology: shortened, result: simulate(shortened, { seed: 11 }) };
}

/** Row by row: its step, when in the window it took place (what is earlier counts from its start), where, and who. */
function* steps({ trace, summary }: Result) {
  const from = summary.window.from * 1e6;
  for (let row = 0; row < trace.rows; row++)
    yield {
      step: trace.station[row]!,
      at: Math.max(trace.time[row]!, from),
      place: trace.places[trace.place[row]!]!,
    };
}

type Place = Result["trace"]["places"][number];

/** Summed time, in ns, between the steps that lead in and those that lead out; who stays in is in until the end. */
function summedSojourn(
  result: Result,
  isAt: (place: Place) => boolean,
  enters: readonly number[],
  leaves: readonly number[],
): number {
  const end = result.summary.window.to * 1e6;
  let sum = 0;
  for (const { step, at, place } of steps(result)) {
    if (!isAt(place)) continue;
    if (enters.includes(step)) sum += end - at;
    if (leaves.includes(step)) sum -= end - at;
  }
  return sum;
}

const named = (kind: EntityKind, name: string) => (place: Place) =>
  place.kind === kind && place.name === name;

const windowNs = ({ summary }: Result): number => (summary.window.to - summary.window.from) * 1e6;

function expectSame(area: number, sojourn: number): void {
  expect(sojourn).toBeGreaterThan(0);
  expect(Math.abs(area - sojourn) / sojourn).toBeLessThan(1e-9);
}

/**
 * Records enter a group when it may read them (appended, and replicated where there are several replicas), or when it gets
 * its partitions if that is later; a commit lets them go.
 */
function summedLag(
  result: Result,
  topology: Topology,
  topic: string,
  groups: ReadonlyMap<string, number>,
): number {
  const isAt = named("topic", topic);
  const replicas = topology.kafka?.topics.get(topic)?.replicas ?? 1;
  const readable = replicas > 1 ? Station.replicated : Station.appended;
  const end = result.summary.window.to * 1e6;
  let sum = -summedSojourn(result, isAt, [Station.committed], []);
  for (const joinedAt of groups.values())
    for (const { step, at, place } of steps(result))
      if (step === readable && isAt(place)) sum += Math.max(0, end - Math.max(at, joinedAt));
  return sum;
}

/** What a log holds before the run has no journey. */
function isPreloaded({ kafka }: Topology, topic: string): boolean {
  return kafka?.topics.get(topic)?.preload !== undefined;
}

/** By topic with whole journeys, the groups that read it with the time at which each got its partitions. */
function readers(topology: Topology, { summary }: Result): Map<string, Map<string, number>> {
  const byTopic = new Map<string, Map<string, number>>();
  for (const { from, startsAt } of topology.consumers.values()) {
    if (from.kind !== "log") continue;
    for (const { text: topic } of from.topics) {
      if (isPreloaded(topology, topic)) continue;
      const groups = byTopic.get(topic) ?? new Map<string, number>();
      // Who is there from the beginning has joined; a later pause is part of the lag.
      const pause = startsAt === 0 ? 0 : summary.groups[from.group.text]!.pause * 1e6;
      groups.set(from.group.text, startsAt + pause);
      byTopic.set(topic, groups);
    }
  }
  return byTopic;
}

/** The lag of a group is that in all its topics: those that a group reads are weighed together. */
function readTogether(byTopic: ReadonlyMap<string, ReadonlyMap<string, number>>): string[][] {
  const parts: string[][] = [];
  for (const [topic, groups] of byTopic) {
    const shares = (other: string): boolean => [...byTopic.get(other)!.keys()].some((one) => groups.has(one));
    const own = parts.filter((part) => part.some(shares));
    for (const part of own) parts.splice(parts.indexOf(part), 1);
    parts.push([...own.flat(), topic]);
  }
  return parts;
}

function isReplyQueue({ producers }: Topology, queue: string): boolean {
  return [...producers.values()].some(({ flows }) =>
    flows.some(({ requests }) => requests?.replyTo?.text === queue),
  );
}

describe.each(examples)("Little's law in %s", (name) => {
  const { topology, result } = traced(name);
  const { summary } = result;

  it("has every journey whole", () => {
    expect(result.trace.rowsDropped).toBe(0);
  });

  it("holds for the messages in each queue, ready and unacked", () => {
    for (const [queue, { depth, unacked }] of Object.entries(summary.queues)) {
      // Read without acks: nothing is told of the moment at which a message is neither ready nor on its way any more.
      if (isReplyQueue(topology, queue)) continue;
      const leaves = [Station.settled, Station.deadLettered, Station.dropped];
      const sojourn = summedSojourn(result, named("queue", queue), [Station.enqueued], leaves);
      expectSame((depth.mean + unacked.mean) * windowNs(result), sojourn);
    }
  });

  it("holds for the lag of the groups of each topic", () => {
    const byTopic = readers(topology, result);
    for (const topics of readTogether(byTopic)) {
      const groups = new Set(topics.flatMap((topic) => [...byTopic.get(topic)!.keys()]));
      const level = [...groups].reduce((sum, group) => sum + summary.groups[group]!.lag.mean, 0);
      const sojourn = topics.reduce(
        (sum, topic) => sum + summedLag(result, topology, topic, byTopic.get(topic)!),
        0,
      );
      expectSame(level * windowNs(result), sojourn);
    }
  });

  it("holds for the handlers of each consumer", () => {
    for (const [consumer, { utilization, instances }] of Object.entries(summary.consumers)) {
      const { concurrency, startsAt, from } = topology.consumers.get(consumer)!;
      if (from.kind === "log" && from.topics.some(({ text }) => isPreloaded(topology, text))) continue;
      if (mayReturn(consumer, topology.timeline)) continue;
      const handlers = instances.length * concurrency;
      const alive = Math.min(windowNs(result), summary.window.to * 1e6 - startsAt);
      const leaves = [Station.finished, Station.failed];
      const sojourn = summedSojourn(result, named("consumer", consumer), [Station.takenUp], leaves);
      expectSame(utilization * handlers * alive, sojourn);
    }
  });
});
