import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "../../../src/core/index.ts";
import { simulate, type Summary } from "../../../src/core/run.ts";
import type { JoinRule, WindowRule } from "../../../src/core/model/consumer-work.ts";
import { blankEnd } from "../../../src/core/sim/world.ts";
import { ChangelogStats } from "../../../src/core/stats/changelog-stats.ts";
import { JoinStats } from "../../../src/core/stats/join-stats.ts";
import { WindowStats } from "../../../src/core/stats/window-stats.ts";
import { Changelog } from "../../../src/core/workload/changelog.ts";
import { Join, type LoggedMessage } from "../../../src/core/workload/join.ts";
import { Windows, type LoggedWindow } from "../../../src/core/workload/windows.ts";
import { emptyWorld } from "./empty-world.ts";

function run(text: string, seed = 1): Summary {
  const { topology, problems } = parse(`topology: 1\n${text}`);
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return simulate(topology, { auditEvery: 200, seed }).summary;
}

const topology = (consumer: string, more: string) => `kafka:
  brokers: 2
  topics:
    in: {partitions: 4}
    other: {partitions: 4}
    out: {partitions: 2}
    state: {partitions: 4, replicas: 2, config: {cleanup.policy: compact}}
producers:
  p: {topic: in, instances: 3, rate: 200/s, key: {values: 6}, config: {linger.ms: 40ms}}
  q: {topic: other, rate: 100/s, key: {values: 6}}
consumers:
  first: {group: g, instances: 2, processing: 1ms, changelog: state, sends: [{topic: out}], ${consumer}}
${more}`;

/** Messages of each count for so many in the books. */
const operators = [
  ["topic: in, window: {tumbling: 2s, by: key}", 1],
  ["topic: in, window: {tumbling: 3s, grace: 30ms}", 1],
  ["topic: in, window: {hopping: {size: 4s, every: 2s}, by: key}", 2],
  ["topic: in, window: {session: 200ms, by: key}", 1],
  ["topics: [in, other], join: {of: [in, other], by: key, within: 500ms}", 1],
] as const;
const commits = [
  "commit: after, config: {session.timeout.ms: 6s}",
  "commit: after, concurrency: 3, config: {session.timeout.ms: 6s}",
  "commit: after, config: {partition.assignment.strategy: cooperative-sticky, session.timeout.ms: 6s}",
  "commit: after, config: {group.protocol: consumer}",
  "commit: transactional, config: {session.timeout.ms: 6s}",
  "commit: transactional, failures: 0.5%, config: {session.timeout.ms: 6s}",
] as const;
const faults = [
  "[]",
  "[{at: 3s, crash: {consumer: first, instance: 1}}, {at: 4s, start: {consumer: first, instance: 1}}]",
  "[{at: 3s, crash: {consumer: first}}, {at: 5s, start: {consumer: first}}]",
  "[{at: 3s, scale: {consumer: first, instances: 1}}, {at: 5s, scale: {consumer: first, instances: 3}}]",
  "[{at: 3s, restart: {consumer: first, instance: 2}}]",
  "[{at: 3s, crash: {consumer: first}}, {at: 4s, crash: {broker: 1}}, {at: 5s, start: {consumer: first}}, {at: 8s, start: {broker: 1}}]",
] as const;

/** What went into the state and came out of it, and what is in it. */
function books({ processed, duplicates, replayed, windows, join, changelog }: Summary["consumers"][string]) {
  const { undone, reopened } = changelog!;
  const entered = processed + duplicates + replayed;
  if (windows !== undefined) {
    const { messages, late, keyless, lost, open } = windows;
    return { entered, reopened, held: messages + late + keyless + lost + open + undone };
  }
  const { joined, expired, late, keyless, lost, waiting } = join!;
  return { entered, reopened, held: joined + expired + late + keyless + lost + waiting + undone };
}

interface Arrival {
  readonly from: number;
  readonly key: number;
  readonly sentAt: number;
  /** Another instance takes over before it: all is committed, or it is read again. */
  readonly cut: "no" | "after a commit" | "after the commit before";
}
const arrivals = fc.array(
  fc.record({
    from: fc.nat(1),
    key: fc.nat(2),
    sentAt: fc.nat(60),
    cut: fc.constantFrom("no", "no", "no", "after a commit", "after the commit before"),
  }),
  { maxLength: 40 },
) as fc.Arbitrary<Arrival[]>;

/** Instances that take over from each other, at the cuts; in transactions, what was not committed is taken back. */
function played(
  make: (share: { next: () => number }) => readonly (Windows | Join)[],
  all: readonly Arrival[],
) {
  const ids: number[] = [];
  const share = { next: () => ids.push(ids.length) - 1 };
  const instances = make(share);
  const sent: string[][] = [];
  let [holder, committed, readable] = [0, 0, new Set<number>()];
  const restore = (rule: string) => {
    const present = new Set(ids);
    instances[holder]!.keep([], rule);
    holder = (holder + 1) % instances.length;
    instances[holder]!.restore(0, { readable: new Set(readable), present, records: 1, waited: 0 });
  };
  restore("start");
  const [of, into] = [blankEnd(), blankEnd()];
  const enter = (number: number) => {
    const { from, key, sentAt } = all[number]!;
    Object.assign(of, { from, key, sentAt, rootAt: sentAt, rootId: number });
    const windows = instances[holder]!;
    const out: string[] = [];
    if (windows.enter(of))
      while (windows.yields(of, into)) out.push(`${into.key} ${into.sentAt} ${into.rootAt}`);
    sent[number] = out;
  };
  all.forEach(({ cut }, number) => {
    if (cut === "after a commit") {
      instances[holder]!.committed(0, instances[holder]!.mark(0));
      readable = new Set(ids);
      committed = number;
    }
    if (cut !== "no") {
      restore("crash");
      for (let again = committed; again < number; again++) enter(again);
    }
    enter(number);
  });
  return sent;
}

describe("state that is read back", () => {
  const windowRules = fc.oneof(
    fc.record({
      kind: fc.constant("time" as const),
      size: fc.constantFrom(4, 8),
      every: fc.constantFrom(2, 4),
      grace: fc.nat(6),
      byKey: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant("session" as const),
      gap: fc.integer({ min: 1, max: 6 }),
      grace: fc.nat(6),
      byKey: fc.boolean(),
    }),
  ) satisfies fc.Arbitrary<WindowRule>;

  /** The same messages, once at an instance from which nobody takes over, and once at three. */
  const aloneAndThree = <State>(
    all: readonly Arrival[],
    make: () => { readonly instance: () => Windows | Join; readonly stats: State },
  ) => {
    const run = (instances: number, arriving: readonly Arrival[]) => {
      const { instance, stats } = make();
      const sent = played(({ next }) => {
        const each = Array.from({ length: instances }, instance);
        for (const one of each) one.logsBy(next);
        return each;
      }, arriving);
      return { sent, stats };
    };
    const alone = all.map((one) => ({ ...one, cut: "no" as const }));
    return [run(1, alone), run(3, all)] as const;
  };

  it("has the windows of whoever had none to take over", () => {
    fc.assert(
      fc.property(windowRules, arrivals, (rule, all) => {
        const [alone, three] = aloneAndThree(all, () => {
          const [world, stats] = [emptyWorld(), new WindowStats(0)];
          const changelog = new Changelog<LoggedWindow>("state", new ChangelogStats(0));
          const of = { rule, stats, place: 0, keepsRoutingKey: false, changelog };
          return { instance: () => new Windows(world, of), stats };
        });
        expect(three.sent).toEqual(alone.sent);
        expect(three.stats.kept).toBe(alone.stats.kept);
        expect(three.stats.lost).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it("has the messages of whoever had none to take over", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), arrivals, (within, all) => {
        const rule: JoinRule = { of: [0, 1], by: "key", within };
        const [alone, three] = aloneAndThree(all, () => {
          const [world, stats] = [emptyWorld(), new JoinStats(0)];
          const changelog = new Changelog<LoggedMessage>("state", new ChangelogStats(0));
          const of = { rule, stats, place: 0, changelog };
          return { instance: () => new Join(world, of), stats };
        });
        const sorted = ({ sent }: typeof alone) => sent.map((out) => out.toSorted());
        expect(sorted(three)).toEqual(sorted(alone));
        expect(three.stats.lost).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});

describe("a consumer with a changelog", () => {
  it("loses nothing of its state, and counts each message of it once, whoever crashes, comes and goes", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...operators),
        fc.constantFrom(...commits),
        fc.constantFrom(...faults),
        fc.constantFrom("ideal", "lan"),
        fc.nat(),
        ([operator, each], commit, fault, preset, seed) => {
          const { consumers } = run(
            topology(
              `${operator}, ${commit}`,
              `timeline: ${fault}\nrun: {duration: 20s, calibration: ${preset}}`,
            ),
            seed,
          );
          const first = consumers["first"]!;
          const { entered, reopened, held } = books(first);
          expect(held).toBe(each * entered + reopened);
          expect((first.windows ?? first.join)!.lost).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  });

  /** What others see of a run in which nobody needs to be late. */
  const outcome = (operator: string, commit: string, fault: string, seed: number) => {
    const text = topology(
      `${operator}, ${commit}, config: {session.timeout.ms: 6s, linger.ms: 0}`,
      `  second: {topic: out, group: h, commit: after, config: {isolation.level: read_committed}}
timeline: ${fault}
run: {duration: 30s}`,
    );
    const quiet = text.replaceAll("key: {values: 6}", "key: {values: 300}, until: 24s");
    const { consumers } = run(quiet, seed);
    const { windows, join } = consumers["first"]!;
    return { sent: consumers["second"]!.processed, kept: windows?.open ?? join!.waiting };
  };
  const graceful = [
    "topic: in, window: {tumbling: 2s, grace: 1s, by: key}",
    "topic: in, window: {hopping: {size: 4s, every: 2s}, grace: 1s}",
    "topic: in, window: {session: 150ms, grace: 1s, by: key}",
    // What is behind after a crash is read topic by topic: nothing may be let go meanwhile.
    "topics: [in, other], join: {of: [in, other], by: key, within: 20s}",
  ] as const;

  it("sends on in transactions what it would have sent if nobody had crashed", () => {
    for (const operator of graceful)
      // Without a broker producers would come too late for their windows.
      for (const [seed, fault] of faults.slice(0, -1).entries()) {
        const { sent, kept } = outcome(operator, "commit: transactional", "[]", seed);
        expect(sent).toBeGreaterThan(10);
        expect(outcome(operator, "commit: transactional", fault, seed)).toEqual({ sent, kept });
      }
  });

  it("stands still for as long as reading its changelog takes", () => {
    const restored = (preload: string, preset: string) => {
      const text = `kafka:
  topics:
    in: {partitions: 1}
    out: {}
    state: {partitions: 1, config: {cleanup.policy: compact}${preload}}
producers: {p: {topic: in, rate: 10/s, key: {values: 6}}}
consumers:
  first: {topic: in, group: g, commit: after, window: {tumbling: 30s}, changelog: state, sends: [{topic: out, size: 100B}]}
timeline: [{at: 5s, restart: {consumer: first}}]
run: {duration: 20s, calibration: ${preset}}`;
      const { consumers, occurrences } = run(text);
      expect(occurrences.byKind["stateRestored"]).toBe(1);
      return consumers["first"]!.changelog!;
    };
    expect(restored("", "ideal")).toMatchObject({ restores: 1, time: 0 });
    const short = restored("", "lan");
    // Two ways over the network, a request, some fifty batches and records.
    expect(short.longest).toBeGreaterThan(0.2 + 0.04 + 40 * 0.008);
    expect(short.longest).toBeLessThan(0.2 + 0.04 + 60 * 0.008 + 1);
    const long = restored(", preload: {messages: 100k, over: 1h, key: unique, size: 1KiB}", "lan");
    expect(long.read).toBeGreaterThan(100_000);
    // At least what the network takes for 100 MiB, and less than the half of it beside a broker's and a client's work.
    expect(long.longest).toBeGreaterThan((100_000 * 1024) / 1.25e6);
    expect(long.longest).toBeLessThan(1000);
  });

  it("may count a message twice where it commits without transactions, and leaves none out", () => {
    for (const operator of graceful) {
      const [, , fault] = faults;
      const { sent, kept } = outcome(operator, "commit: after", "[]", 1);
      const after = outcome(operator, "commit: after", fault, 1);
      expect(after.sent).toBeGreaterThanOrEqual(sent);
      expect(after.kept).toBeGreaterThanOrEqual(kept);
    }
  });
});
