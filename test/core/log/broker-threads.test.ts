import { describe, expect, it } from "vitest";
import { check } from "../../../src/core/index.ts";
import { run } from "./run-log.ts";

describe("num.io.threads", () => {
  const latency = (config: string, cores: string) =>
    run(`
kafka: {config: {${config}}, topics: {t: {partitions: 8}}}
producers: {p: {topic: t, instances: 8, rate: 1600/s, key: {values: 500}, config: {linger.ms: 0}}}
consumers: {c: {topic: t, group: g, processing: 0}}
run: {duration: 5s, calibration: {preset: lan, brokerCores: ${cores}, kafkaPerRequest: 1ms}}`).summary
      .consumers["c"]!.latency.mean!;

  it("handle requests, on as many cores as there are", () => {
    expect(latency("num.io.threads: 4", "16")).toBe(latency("", "4"));
    expect(latency("num.io.threads: 16", "4")).toBe(latency("", "4"));
    expect(latency("num.io.threads: 2", "16")).toBeGreaterThan(latency("num.io.threads: 16", "16") * 1.2);
  });

  it("are eight", () => {
    expect(latency("", "16")).toBe(latency("num.io.threads: 8", "16"));
  });
});

describe("num.replica.fetchers", () => {
  const latency = (config: string) =>
    run(`
kafka: {brokers: 2, config: {${config}}, topics: {t: {partitions: 8, replicas: 2}}}
producers: {p: {topic: t, instances: 4, rate: 2000/s, size: 10KiB, key: {values: 500}, config: {linger.ms: 0}}}
consumers: {c: {topic: t, group: g, processing: 0}}
run: {duration: 5s, calibration: {preset: lan, networkLatency: 5ms, brokerPerByte: 20ns}}`).summary.consumers[
      "c"
    ]!.latency.mean!;

  it("of a follower fetch beside each other, of different partitions", () => {
    expect(latency("num.replica.fetchers: 4")).not.toBe(latency(""));
    expect(latency("num.replica.fetchers: 4")).toBeLessThan(latency(""));
  });
});

describe("flush.messages", () => {
  const latency = (topic: string, brokers = "", replicas = 1, acks = "1") =>
    run(`
kafka: {brokers: 2, config: {${brokers}}, topics: {t: {replicas: ${replicas}, config: {${topic}}}}}
producers: {p: {topic: t, rate: 100/s, arrivals: constant, config: {linger.ms: 0, acks: ${acks}}}}
consumers: {c: {topic: t, group: g, processing: 0}}
run: {duration: 5s, calibration: {preset: ideal, diskFlush: 2ms}}`).summary.consumers["c"]!.latency.mean!;

  it("makes appends wait for the disk, each so many records", () => {
    expect(latency("")).toBe(0);
    expect(latency("flush.messages: 1")).toBeCloseTo(2, 6);
    expect(latency("flush.messages: 4")).toBeCloseTo(0.5, 2);
    expect(latency("flush.ms: 1")).toBe(0);
  });

  it("is the brokers' where the topic has none, and followers' too", () => {
    expect(latency("", "log.flush.interval.messages: 1")).toBeCloseTo(2, 6);
    expect(latency("flush.messages: 2", "log.flush.interval.messages: 1")).toBeCloseTo(1, 2);
    expect(latency("flush.messages: 1", "", 2, "all")).toBeCloseTo(4, 1);
  });
});

describe("controller.quorum.append.linger.ms", () => {
  const electedAt = (config: string) =>
    run(`
kafka: {brokers: 3, config: {${config}}, topics: {t: {replicas: 3}}}
producers: {p: {topic: t, rate: 10/s}}
run: {duration: 30s, calibration: ideal}
timeline: [{at: 5s, stop: {broker: 1}}, {at: 5s, stop: {broker: 2}}]`).summary.occurrences.first.find(
      ({ kind }) => kind === "leaderElected",
    )!.at;

  it("is part of each change that the controllers agree to", () => {
    expect(electedAt("controller.quorum.append.linger.ms: 0")).toBe(5000);
    expect(electedAt("")).toBe(5025);
    expect(electedAt("controller.quorum.append.linger.ms: 300")).toBe(5300);
  });
});

describe("log.initial.task.delay.ms", () => {
  /** When segments are deleted, s. */
  const deletions = (config: string, timeline: string) =>
    run(`
kafka:
  brokers: 1
  config: {log.retention.check.interval.ms: 20s, broker.session.timeout.ms: 2s, ${config}}
  topics: {t: {config: {segment.ms: 1s, retention.ms: 3s}}}
producers: {p: {topic: t, rate: 20/s, arrivals: constant}}
run: {duration: 99s, calibration: ideal}
timeline: [${timeline}]`)
      .summary.occurrences.first.filter(({ kind }) => kind === "segmentsDeleted")
      .map(({ at }) => at / 1000);
  const restart = "{at: 5s, for: 2s, crash: {broker: 1}}";

  it("comes before the first check of a broker that starts during the run; others go on from the start", () => {
    expect(deletions("", "")).toEqual([20, 40, 60, 80]);
    expect(deletions("", restart)).toEqual([37, 57, 77, 97]);
    expect(deletions("log.initial.task.delay.ms: 8s", restart)).toEqual([15, 35, 55, 75, 95]);
  });
});

describe("what brokers and clients have to agree on", () => {
  const told = (kafka: string, producer: string, calibration = "lan") =>
    check(`topology: 1
kafka: {config: {${kafka}}, topics: {t: {config: {remote.storage.enable: true}}}}
producers: {p: {topic: t, rate: 1/s, config: {transactional.id: one, ${producer}}}}
consumers: {c: {topic: t, group: g}}
run: {duration: 1s, calibration: ${calibration}}`)
      .filter(({ code }) => code === "bad-value")
      .map(({ message }) => message);
  const enabled = "transaction.two.phase.commit.enable: true";

  it("brokers let nobody commit in two phases until they are told to, and it knows no time-out", () => {
    expect(told("", enabled)).toEqual([expect.stringContaining("TRANSACTIONAL_ID_AUTHORIZATION_FAILED")]);
    const copies = (inputs: string) =>
      check(`topology: 1
kafka: {topics: {t: {}, u: {}}}
producers: {p: {topic: t, rate: 1/s}}
consumers: {c: {${inputs}, sends: [{topic: u}]}}
`).filter(({ message }) => message.includes("TRANSACTIONAL_ID_AUTHORIZATION_FAILED")).length;
    const reads = `topic: t, group: g, commit: transactional, config: {transactional.id: c, ${enabled}}`;
    expect([copies(reads), copies(`inputs: [{topic: u, group: g}, {${reads}}]`)]).toEqual([1, 1]);
    expect(told(enabled, enabled)).toEqual([]);
    expect(told(enabled, `${enabled}, transaction.timeout.ms: 10s`)).toEqual([
      expect.stringContaining("no transaction times out"),
    ]);
  });

  it("a fetch of remote storage has to fit into remote.fetch.max.wait.ms", () => {
    const slow = "{preset: lan, remoteFetch: 2s}";
    expect(told("", "", slow)).toEqual([
      expect.stringContaining("nobody gets what is in remote storage alone"),
    ]);
    expect(told("remote.fetch.max.wait.ms: 3s", "", slow)).toEqual([]);
    expect(told("remote.fetch.max.wait.ms: 10", "")).toEqual([expect.stringContaining("50 ms")]);
    expect(told("", "")).toEqual([]);
  });
});

it("a transaction in two-phase commit stays open when its producer dies", () => {
  const aborted = (producer: string) =>
    run(`
kafka: {config: {transaction.two.phase.commit.enable: true}, topics: {t: {}}}
producers: {p: {topic: t, rate: 10/s, until: 10s, transaction: {messages: 1000}, config: {transactional.id: one, ${producer}}}}
run: {duration: 200s, calibration: ideal}
timeline: [{at: 5s, crash: {producer: p}}]`).summary.occurrences.first.filter(
      ({ kind }) => kind === "transactionAborted",
    ).length;
  expect(aborted("")).toBe(1);
  expect(aborted("transaction.two.phase.commit.enable: true")).toBe(0);
});
