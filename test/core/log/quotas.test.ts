import { describe, expect, it } from "vitest";
import { run, timesAt } from "./run-log.ts";

function limited(quota: string, { producer = "", consumer = "", config = "", duration = "60s" } = {}) {
  return run(
    `
kafka: {brokers: 1, topics: {t: {}}, quotas: ${quota}, config: {${config}}}
producers: {p: {topic: t, rate: 1000/s, arrivals: constant, size: 1000, ${producer}}}
consumers: {c: {topic: t, group: g, processing: 0, ${consumer}}}
run: {duration: ${duration}}
`,
    { auditEvery: 500 },
  );
}

const bytesPerSecond = ({ summary }: ReturnType<typeof run>, seconds: number) =>
  summary.topics["t"]!.partitions[0]!.bytes / seconds;

describe("a produce quota", () => {
  it("leaves who is below it alone", () => {
    const result = limited("{p: {produce: 2MB/s}}");
    expect(result.summary.occurrences.byKind["throttled"]).toBeUndefined();
    expect(result.summary.consumers["c"]!.latency.p99).toBeLessThan(20);
  });

  it("lets a burst of ten windows through, then holds the rate", () => {
    const result = limited("{p: {produce: 100kB/s}}", { producer: "config: {delivery.timeout.ms: 10m}" });
    // 11 windows of a second: until 10 times the bound have been written nothing is above it.
    expect(bytesPerSecond(result, 60)).toBeGreaterThan(100_000);
    expect(bytesPerSecond(result, 60)).toBeLessThan(125_000);
    expect(result.summary.consumers["c"]!.latency.max).toBeGreaterThan(20_000);
    const [first] = result.summary.occurrences.first;
    expect(first).toMatchObject({
      kind: "throttled",
      rule: "producer_byte_rate",
      where: { kind: "producer", name: "p", number: null },
    });
    expect(first!.at).toBeGreaterThan(900);
    expect(first!.at).toBeLessThan(1100);
  });

  it("is shared by all instances of a producer, and is one for each broker", () => {
    const rate = (instances: number) =>
      bytesPerSecond(limited("{p: {produce: 100kB/s}}", { producer: `instances: ${instances}` }), 60);
    expect(rate(3) / rate(1)).toBeGreaterThan(0.85);
    expect(rate(3) / rate(1)).toBeLessThan(1.25);
  });

  it("holds a client under acks: 0, which hears no answer", () => {
    const result = limited("{p: {produce: 100kB/s}}", { producer: "config: {acks: 0}" });
    expect(bytesPerSecond(result, 60)).toBeLessThan(125_000);
  });

  it("is measured over quota.window.num windows of quota.window.size.seconds", () => {
    const burst = (config: string) =>
      bytesPerSecond(limited("{p: {produce: 100kB/s}}", { config, duration: "20s" }), 20);
    expect(burst("quota.window.num: 31")).toBeGreaterThan(1.3 * burst("quota.window.num: 11"));
  });

  it("waits for as long as Kafka computes it", () => {
    // A record of 1 MB against 10 kB/s over 10 s: the rate is 100 kB/s, nine times the bound too much, so 90 s.
    const result = run(`
kafka: {topics: {t: {}}, quotas: {p: {produce: 10kB/s}}}
producers: {p: {topic: t, arrivals: {schedule: [0s, 1s]}, size: 999920, config: {linger.ms: 0, delivery.timeout.ms: 10m}}}
consumers: {c: {topic: t, group: g, processing: 0}}
run: {duration: 200s, calibration: ideal}
`);
    const [, second] = timesAt(result, "appended");
    expect(second).toBeGreaterThan(89_900);
    expect(second).toBeLessThan(90_100);
  });
});

describe("a fetch quota", () => {
  it("makes a consumer wait before it asks again, and loses nothing", () => {
    const result = limited("{c: {fetch: 100kB/s}}", { producer: "until: 2s", duration: "60s" });
    expect(result.summary.occurrences.first[0]).toMatchObject({
      kind: "throttled",
      rule: "consumer_byte_rate",
      where: { kind: "consumer", name: "c" },
    });
    expect(result.summary.groups["g"]!.lag.max).toBeGreaterThan(500);
    expect(result.summary.totals.processed).toBe(result.summary.totals.sent);
  });

  it("bounds what a consumer reads in the long run", () => {
    const result = limited("{c: {fetch: 200kB/s}}", {
      consumer: "config: {max.partition.fetch.bytes: 50000}",
    });
    expect(result.summary.consumers["c"]!.processed * 1000).toBeLessThan(200_000 * 60 * 1.3);
    expect(result.summary.consumers["c"]!.processed * 1000).toBeGreaterThan(200_000 * 60 * 0.7);
  });
});

describe("a request quota", () => {
  // A request of one record takes a broker's thread 1 ms.
  const costs = "calibration: {preset: ideal, kafkaPerRequest: 1ms}";
  const requests = (quota: string) =>
    run(`
kafka: {brokers: 1, topics: {t: {}}, quotas: ${quota}}
producers: {p: {topic: t, rate: 100/s, arrivals: constant, config: {linger.ms: 0, batch.size: 0, max.in.flight.requests.per.connection: 1}}}
consumers: {c: {topic: t, group: g}}
run: {duration: 60s, ${costs}}
`);

  it("leaves who is below it alone", () => {
    expect(
      requests("{p: {request: 20%}, c: {request: 20%}}").summary.occurrences.byKind["throttled"],
    ).toBeUndefined();
  });

  it("holds a producer to its share of a thread, by waits of a second at most", () => {
    const { summary } = requests("{p: {request: 5%}}");
    // Twice what it may: ten seconds of the windows' worth pass, then it sends at half its rate.
    const sent = summary.producers["p"]!.accepted;
    expect(sent).toBeGreaterThan(3000);
    expect(sent).toBeLessThan(3700);
    const throttled = summary.occurrences.first.filter(({ kind }) => kind === "throttled");
    expect(throttled[0]).toMatchObject({
      rule: "request_percentage",
      where: { kind: "producer", name: "p" },
    });
    for (const { detail } of throttled) expect(detail).toBeLessThanOrEqual(1000);
  });

  it("holds a consumer whose fetches take too long", () => {
    const { summary } = requests("{c: {request: 1%}}");
    expect(summary.consumers["c"]!.wait.p99).toBeGreaterThan(300);
    expect(summary.occurrences.first[0]).toMatchObject({ kind: "throttled", rule: "request_percentage" });
  });
});
