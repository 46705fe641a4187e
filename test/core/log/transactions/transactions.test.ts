import { describe, expect, it } from "vitest";
import { logEnds, run, steps, type Step } from "../run-log.ts";
import type { Result } from "../../../../src/core/run.ts";

/** Ten records a second, committed by tens; one group for each isolation level. */
const file = (producer: string, timeline = "", brokers = "") => `
kafka: {topics: {t: {}}${brokers}}
producers: {p: {topic: t, arrivals: {schedule: ${schedule}}, config: {linger.ms: 0, transactional.id: p${producer}}, transaction: {messages: 10}}}
consumers:
  all: {topic: t, group: all}
  only: {topic: t, group: only, config: {isolation.level: read_committed}}
timeline: [${timeline}]
run: {duration: 60s, calibration: {preset: lan, networkLatency: 1ms}}
`;
const schedule = JSON.stringify(Array.from({ length: 25 }, (_, i) => i * 100));
const burst = (from: number) => Array.from({ length: 10 }, (_, i) => from + i * 10);
const takenUp = (result: Result, consumer: string): Step[] =>
  steps(result, "takenUp").filter(({ place }) => place === `${consumer}/1`);
const offsets = (result: Result, consumer: string) => takenUp(result, consumer).map(({ detail }) => detail);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe("a transaction", () => {
  it("is read by read_committed as a whole when it is committed, and record by record by others", () => {
    const result = run(file(""));
    // The markers have 10, 21 and 27; what is left when the application ends is committed as well.
    expect(logEnds(result)).toEqual([28]);
    const records = [...range(0, 10), ...range(11, 21), ...range(22, 27)];
    expect([offsets(result, "all"), offsets(result, "only")]).toEqual([records, records]);
    const at = takenUp(result, "only").map((step) => step.at);
    expect(at[0]!).toBeGreaterThan(900);
    expect(at[9]! - at[0]!).toBeLessThan(1);
    expect(takenUp(result, "all")[0]!.at).toBeLessThan(20);
    expect(result.summary.producers["p"]).toMatchObject({ sent: 25, accepted: 25, refused: 0 });
    expect(result.summary.totals.unfinished).toBe(0);
  });

  it("that is open when the first reader of committed records comes is read by it as a whole", () => {
    const result = run(`
kafka: {topics: {t: {}}}
producers: {p: {topic: t, rate: 4000/s, arrivals: constant, until: 5s, config: {transactional.id: p}, transaction: {messages: 4000}}}
consumers: {late: {topic: t, group: late, from: 350ms, config: {isolation.level: read_committed}}}
run: {duration: 10s, calibration: {preset: lan, networkLatency: 1ms}}
`);
    // The group begins after the 3 s that it waits for others, in the midst of the fourth transaction.
    const read = takenUp(result, "late");
    expect(read[0]).toMatchObject({ detail: 12_003, message: 12_000 });
    expect(read.map(({ message }) => message)).toEqual(range(12_000, 20_000));
  });

  it("that a crash leaves open holds back what comes after, until its timeout; then nobody commits it", () => {
    const crash = "{at: 1450ms, crash: {producer: p}}";
    const more = file(", transaction.timeout.ms: 5s", crash)
      .replace("consumers:", "  q: {topic: t, arrivals: {schedule: [2s]}}\nconsumers:")
      .replace("producers: {p:", "producers:\n  p:")
      .replace("messages: 10}}}", "messages: 10}}");
    const result = run(more);
    // 11 to 15 are of the open transaction, 16 is another producer's, 17 the marker.
    expect(offsets(result, "all")).toEqual([...range(0, 10), ...range(11, 17)]);
    expect(offsets(result, "only")).toEqual([...range(0, 10), 16]);
    const [last] = takenUp(result, "only").slice(-1);
    // Begun at 1 s, too old at 6 s, found by the check of every 10 s.
    expect(last!.at).toBeGreaterThan(10_000);
    expect(last!.at).toBeLessThan(10_020);
    const aborted = result.summary.occurrences.first.filter(({ kind }) => kind === "transactionAborted");
    expect(aborted.map(({ at, rule }) => [at, rule])).toEqual([[10_000, "transaction.timeout.ms"]]);
  });

  it("that a crash leaves open is aborted by the process that comes next with its name", () => {
    const result = run(file("", "{at: 1450ms, crash: {producer: p}}, {at: 1550ms, start: {producer: p}}"));
    const aborted = result.summary.occurrences.first.filter(({ kind }) => kind === "transactionAborted");
    expect(aborted.map(({ rule }) => rule)).toEqual(["transactional.id"]);
    expect(aborted[0]!.at).toBeLessThan(1620);
    const all = offsets(result, "all");
    const only = offsets(result, "only");
    expect(all.length - only.length).toBe(5);
    expect(result.summary.producers["p"]).toMatchObject({ timedOut: 5, accepted: only.length, underWay: 0 });
  });

  it("that is open for too long is aborted, and its producer fenced: it begins anew", () => {
    const result = run(
      file(
        ", transaction.timeout.ms: 100ms",
        "",
        ", config: {transaction.abort.timed.out.transaction.cleanup.interval.ms: 450}",
      ),
    );
    const kinds = result.summary.occurrences.first.filter(({ rule }) => rule.startsWith("transaction"));
    expect(kinds.map(({ kind }) => kind).slice(0, 2)).toEqual(["transactionAborted", "producerFenced"]);
    const { sent, accepted, refused } = result.summary.producers["p"]!;
    expect([sent, accepted + refused]).toEqual([25, 25]);
    expect(refused).toBeGreaterThan(15);
    expect(offsets(result, "only")).toHaveLength(accepted);
    expect(offsets(result, "all").length).toBeGreaterThan(accepted);
  });

  describe("of a name that nothing was written of for transactional.id.expiration.ms", () => {
    const looked = "transaction.remove.expired.transaction.cleanup.interval.ms: 4s";
    const idle = (expiration: string, times: readonly number[]) =>
      run(
        file("", "", `, config: {transactional.id.expiration.ms: ${expiration}, ${looked}}`).replace(
          schedule,
          JSON.stringify(times),
        ),
      ).summary;

    it("is refused, and its producer begins anew", () => {
      // Complete soon after 90 ms, and so forgotten at the look of 12 s.
      const summary = idle("10s", [...burst(0), ...burst(13_000), ...burst(13_500)]);
      const fenced = summary.occurrences.first.filter(({ kind }) => kind === "producerFenced");
      expect(fenced.map(({ rule }) => rule)).toEqual(["transactional.id.expiration.ms"]);
      expect(fenced[0]!.at).toBeGreaterThan(13_000);
      expect(fenced[0]!.at).toBeLessThan(13_020);
      const { sent, accepted, refused } = summary.producers["p"]!;
      expect([sent, accepted + refused, summary.totals.unfinished]).toEqual([30, 30, 0]);
      expect(refused).toBeGreaterThan(0);
      expect(summary.consumers["only"]!.processed).toBe(accepted);
    });

    it.each([
      ["of a name that is in use again before it is looked for", "10s", [...burst(0), ...burst(11_500)]],
      ["that is open", "1s", [0, 100, 5000, 5100]],
    ])("is not refused: one %s", (_, expiration, times) => {
      const summary = idle(expiration, times);
      expect(summary.occurrences.byKind["producerFenced"]).toBeUndefined();
      expect(summary.producers["p"]).toMatchObject({ accepted: times.length, refused: 0 });
    });

    it("is begun anew by a consumer, and what it had read is read again", () => {
      const { summary } = run(`
kafka: {config: {transactional.id.expiration.ms: 10s, ${looked}}, topics: {t: {}, u: {}}}
producers: {p: {topic: t, arrivals: {schedule: [1s, 2s, 21s, 22s]}, config: {linger.ms: 0}}}
consumers:
  c: {topic: t, group: g, commit: transactional, processing: 1ms, sends: [{topic: u}]}
  only: {topic: u, group: only, config: {isolation.level: read_committed}}
run: {duration: 60s}
`);
      const { c, only } = summary.consumers;
      expect([c!.processed, c!.redelivered, only!.processed]).toEqual([4, 1, 4]);
      expect(summary.occurrences.first.filter(({ kind }) => kind === "producerFenced")).toMatchObject([
        { rule: "transactional.id.expiration.ms" },
      ]);
    });
  });

  const failing = (sends: string) => `
kafka: {topics: {t: {}, u: {}}}
producers: {p: {topic: t, arrivals: {bursts: {size: 20, every: 1h}}, messages: 20}}
consumers:
  c: {topic: t, group: g, commit: transactional, processing: 1ms, failures: 5%, sends: [${sends}]}
  all: {topic: u, group: all}
  only: {topic: u, group: only, config: {isolation.level: read_committed}}
run: {duration: 60s, seed: 5}
`;
  const finishedInVain = (result: Result): number =>
    result.summary.occurrences.first
      .filter(({ kind }) => kind === "transactionAborted")
      .reduce((sum, { detail }) => sum + detail, 0);

  it("takes effect with its offsets, or not at all, when a handler fails", () => {
    const result = run(failing("{topic: u}"));
    const { c, all, only } = result.summary.consumers;
    expect(c!.failed).toBeGreaterThan(0);
    expect([c!.processed, only!.processed]).toEqual([20, 20]);
    expect(all!.processed).toBeGreaterThan(20);
    expect(c!.sends).toMatchObject({ accepted: 20, underWay: 0 });
    const reasons = result.summary.occurrences.first.filter(({ kind }) => kind === "transactionAborted");
    // Where the first record of a poll fails, no transaction had begun.
    expect(reasons.length).toBeLessThanOrEqual(c!.failed);
    expect(new Set(reasons.map(({ rule }) => rule))).toEqual(new Set(["a failure"]));
    // What was finished in vain was sent on in vain, and is finished again.
    expect(finishedInVain(result)).toBe(all!.processed - only!.processed);
    expect(finishedInVain(result)).toBe(c!.duplicates);
  });

  it("that is aborted before anything was sent in it is told where work begins anew", () => {
    const result = run(failing("{topic: u, ratio: 0.0001}"));
    const { c, all } = result.summary.consumers;
    expect(all!.delivered).toBe(0);
    expect(c!.duplicates).toBeGreaterThan(0);
    expect(finishedInVain(result)).toBe(c!.duplicates);
  });

  it.each(["1s", "100ms", "{exponential: 50ms}"])(
    "that retention deletes while it is open moves the last stable offset to the log start, for readers of %s",
    (processing) => {
      const { summary } = run(
        `
kafka:
  topics: {t: {partitions: 2, config: {retention.ms: 500ms, segment.ms: 200ms}}}
  config: {log.retention.check.interval.ms: 100ms}
producers: {p: {topic: t, rate: 60/s, config: {transactional.id: x}, transaction: {messages: 40}}}
consumers: {c: {topic: t, group: g, instances: 2, processing: ${processing}, config: {isolation.level: read_committed}}}
run: {duration: 6s}
`,
        { auditEvery: 1 },
      );
      const { expiredUnread } = summary.groups["g"]!;
      expect(expiredUnread).toBeGreaterThan(50);
      expect(expiredUnread + summary.totals.processed).toBeLessThanOrEqual(summary.totals.sent + 20);
    },
  );

  it.each([1, 3])("leaves what a topic held before the run to read, with %i replicas", (replicas) => {
    const { summary } = run(
      `
kafka:
  brokers: 3
  topics: {t: {replicas: ${replicas}, preload: {messages: 100, over: 1m, key: {values: 10}}}, u: {}}
consumers:
  old: {topic: t, group: old, commit: transactional, sends: [{topic: t}], config: {isolation.level: read_committed}}
  new: {topic: t, group: new, from: 1s, config: {isolation.level: read_committed, auto.offset.reset: earliest}}
run: {duration: 5s}
`,
      { auditEvery: 1 },
    );
    const { old, new: late } = summary.consumers;
    expect([old!.processed, late!.processed, summary.groups["old"]!.lag.max]).toEqual([0, 100, 0]);
  });
});
