import fc from "fast-check";
import { expect, it } from "vitest";
import { simulate } from "../../../../src/core/run.ts";
import { one } from "../../arbitraries.ts";
import { steps, topologyOf } from "../run-log.ts";

const entry = fc
  .record({
    at: fc.nat(2500),
    lasts: one("", "for: 150ms, ", "for: 700ms, "),
    instance: one("", ", instance: 1", ", instance: 2"),
    action: one("crash", "crash", "stop", "start", "restart", "slow", "scale", "broker", "delete"),
    number: one(1, 2, 3),
  })
  .map(({ at, lasts, instance, action, number }) => {
    if (action === "broker") return `{at: ${at}ms, for: 400ms, crash: {broker: ${Math.min(number, 2)}}}`;
    if (action === "scale") return `{at: ${at}ms, scale: {consumer: c, instances: ${number}}}`;
    if (action === "delete")
      return `{at: ${at}ms, deleteRecords: {topic: t, partition: ${number - 1}, before: ${at % 37}}}`;
    const undone = ["crash", "stop", "slow"].includes(action) ? lasts : "";
    const factor = action === "slow" ? `, factor: ${40 * number}` : "";
    return `{at: ${at}ms, ${undone}${action}: {consumer: c${instance}${factor}}}`;
  });

const file = fc
  .record({
    replicas: one(1, 2),
    unclean: one("", "unclean.leader.election.enable: true"),
    key: one("none", "{values: 4}"),
    concurrency: one(1, 3),
    processing: one("0ms", "4ms", "{exponential: 15ms}"),
    failures: one(
      "",
      "failures: 20%,",
      "failures: 20%, onFailure: reject,",
      "failures: {share: 10%, persistent: true},",
    ),
    config: one(
      "",
      "share.acknowledgement.mode: implicit",
      "max.poll.records: 3, share.auto.offset.reset: earliest",
      "fetch.min.bytes: 5000, fetch.max.wait.ms: 70",
      "max.poll.interval.ms: 200, share.session.timeout.ms: 300",
    ),
    from: one("", "from: 500ms,"),
    cluster: one(
      "",
      "group.share.record.lock.duration.ms: 60, group.share.delivery.count.limit: 2",
      "group.share.partition.max.record.locks: 5, share.coordinator.append.linger.ms: 0",
    ),
    sends: one(
      "",
      "sends: [{topic: u}],",
      "sends: [{topic: u, ratio: 2}, {topic: u, when: failure}],",
      "sends: [{topic: t, ratio: 0.5}],",
      "sends: [{queue: q, confirms: true}],",
    ),
    timeline: fc.array(entry, { maxLength: 9 }),
    calibration: one("ideal", "lan", "{preset: ideal, networkLatency: 20ms}"),
    seed: fc.nat(1000),
  })
  .map((of) => ({
    replicas: of.replicas,
    // With implicit acknowledgement nobody rejects.
    text: `
kafka:
  brokers: 2
  config: {${of.cluster}}
  topics: {t: {partitions: 3, replicas: ${of.replicas}, config: {${of.unclean}}}, u: {}}
rabbitmq: {queues: {q: {}}}
producers: {p: {topic: t, rate: 90/s, key: ${of.key}, until: 2s}}
consumers:
  c:
    {topic: t, shareGroup: g, instances: 2, concurrency: ${of.concurrency}, processing: ${of.processing}, ${of.config.includes("implicit") ? of.failures.replace("onFailure: reject,", "") : of.failures} ${of.from} ${of.sends} config: {${of.config}}}
run: {duration: 8s, seed: ${of.seed}, calibration: ${of.calibration}, trace: 20}
timeline: [${of.timeline.join(", ")}]
`,
  }));

it("whatever becomes of members, brokers and locks, each record has one state in its share group, and one final state", () => {
  fc.assert(
    fc.property(file, ({ text }) => {
      const topology = topologyOf(text);
      const { summary } = simulate(topology, { auditEvery: 7 });
      const { totals, topics, groups } = summary;
      const appended = topics["t"]!.partitions.reduce((sum, { logEnd }) => sum + logEnd, 0);
      const group = groups["g"]!;
      const read = group.partitions.length > 0;
      const { sends } = summary.consumers["c"]!;
      if (read && totals.lost.broker === 0 && !text.includes("from: 500ms")) {
        const states =
          totals.processed + totals.dropped + totals.lost.consumer + group.expiredUnread + totals.unfinished;
        const unread = sends === undefined ? 0 : summary.queues["q"]!.depth.end;
        // What is on its way when the run ends is in no log yet, or is there and not confirmed.
        expect(states, text).toBeGreaterThanOrEqual(appended + unread);
        expect(states, text).toBeLessThanOrEqual(appended + unread + (sends?.underWay ?? 0));
      }
      const traced = simulate(topology, { trace: 10_000 });
      expect(JSON.stringify(traced.summary)).toBe(JSON.stringify(summary));
      const { lost, dropped } = totals;
      expect(steps(traced, "lost").length, text).toBe(lost.broker + lost.consumer);
      const byGroup = steps(traced, "dropped").filter(({ place }) => place === "g");
      expect(byGroup.length, text).toBe(dropped + group.expiredUnread);
    }),
    { numRuns: process.env["BROKERLAB_FULL"] === "1" ? 2000 : 100 },
  );
}, 600_000);
