import { describe, expect, it } from "vitest";
import { logEnds, run, steps, timesAt } from "./run-log.ts";

const costs = "calibration: {preset: ideal, networkLatency: 10ms}";

function produced(producer: string, topic = "{}", kafka = "") {
  return run(`
kafka: {${kafka} topics: {t: ${topic}}}
producers: {p: {topic: t, ${producer}}}
consumers: {c: {topic: t, group: g}}
run: {duration: 10s, ${costs}}
`);
}

function told(result: ReturnType<typeof produced>) {
  return result.summary.occurrences.first.map(({ kind, detail, rule }) => [kind, detail, rule]);
}

describe("a record that is too large", () => {
  // 61 bytes of a batch's header, 21 of a record's, 1 without a key, 2 and the value, 1 without headers.
  it("is refused by its client beyond max.request.size", () => {
    const sized = (size: number) =>
      produced(`arrivals: {schedule: [0]}, size: ${size}, config: {max.request.size: 1086}`);
    expect(sized(1000).summary.producers["p"]).toMatchObject({ accepted: 1, refused: 0 });
    const refused = sized(1001);
    expect(refused.summary.producers["p"]).toMatchObject({ accepted: 0, refused: 1 });
    expect(told(refused)).toEqual([["recordTooLarge", 1087, "max.request.size"]]);
    expect(steps(refused).map(({ station }) => station)).toEqual(["sent", "dropped"]);
  });

  it("is refused by its client beyond buffer.memory", () => {
    const refused = produced("arrivals: {schedule: [0]}, size: 20kB, config: {buffer.memory: 20kB}");
    expect(told(refused)).toEqual([["recordTooLarge", 20_087, "buffer.memory"]]);
  });

  it.each([
    ["the topic's max.message.bytes", "{config: {max.message.bytes: 1000}}", ""],
    ["the brokers' message.max.bytes", "{}", "config: {message.max.bytes: 1000},"],
  ])("is refused by the broker beyond %s, and not tried again", (_, topic, kafka) => {
    // 61 and 9 bytes beside the value.
    const fits = produced("arrivals: {schedule: [0]}, size: 930", topic, kafka);
    expect(fits.summary.producers["p"]).toMatchObject({ accepted: 1, refused: 0 });
    const refused = produced("arrivals: {schedule: [0]}, size: 931", topic, kafka);
    expect(refused.summary.producers["p"]).toMatchObject({ accepted: 0, refused: 1 });
    expect(told(refused)).toEqual([["recordTooLarge", 1001, "max.message.bytes"]]);
    expect(logEnds(refused)).toEqual([0]);
    expect(timesAt(refused, "brokerReceived")).toHaveLength(1);
  });

  it("is not one of many small records: their batch comes again in halves, in order under idempotence", () => {
    for (const idempotence of [true, false]) {
      const result = produced(
        `arrivals: {bursts: {size: 10, every: 1h}}, size: 100, config: {linger.ms: 5, enable.idempotence: ${idempotence}}`,
        "{config: {max.message.bytes: 400}}",
      );
      expect(result.summary.producers["p"]).toMatchObject({ accepted: 10, refused: 0 });
      const messages = steps(result, "appended").map(({ message }) => message);
      const inOrder = Array.from({ length: 10 }, (_, i) => i);
      expect(messages.toSorted((a, b) => a - b)).toEqual(inOrder);
      if (idempotence) expect(messages).toEqual(inOrder);
      else expect(messages).not.toEqual(inOrder);
    }
  });

  it("fails a transaction", () => {
    const result = produced(`config: {transactional.id: x, max.request.size: 1kB}, transaction: {messages: 2},
      flows: {small: {arrivals: {schedule: [0, 1s, 1.1s]}, size: 100}, large: {arrivals: {schedule: [100ms]}, size: 2kB}}`);
    expect(result.summary.producers["p"]).toMatchObject({ accepted: 2, refused: 2 });
    expect(result.summary.occurrences.byKind).toMatchObject({ recordTooLarge: 1, transactionAborted: 1 });
  });
});

describe("buffer.memory", () => {
  // Room for two batches; an answer takes 20 ms.
  const config =
    "linger.ms: 0, batch.size: 1kB, buffer.memory: 2kB, max.in.flight.requests.per.connection: 5";

  it("lets send() wait until a batch has its answer, in the order of sending", () => {
    const result = produced(`arrivals: {bursts: {size: 5, every: 1h}}, size: 900, config: {${config}}`);
    expect(timesAt(result, "clientDone")).toEqual([0, 0, 20, 20, 40]);
    expect(steps(result, "appended").map(({ message, detail }) => [message, detail])).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ]);
    expect(told(result)).toEqual([["producerBlocked", 0, "buffer.memory"]]);
  });

  it("lets nothing linger while somebody waits", () => {
    const result = produced(
      "arrivals: {bursts: {size: 3, every: 1h}}, size: 900, config: {linger.ms: 1s, batch.size: 1kB, buffer.memory: 2kB}",
    );
    expect(timesAt(result, "requestSent")).toEqual([0, 0, 1020]);
  });

  it("is waited for max.block.ms by each send() in turn, then the record is refused", () => {
    const result = run(`
kafka: {brokers: 1, topics: {t: {}}}
producers:
  p:
    topic: t
    arrivals: {schedule: [1s, 1.1s, 1.2s, 1.3s]}
    size: 900
    config: {linger.ms: 0, batch.size: 1kB, buffer.memory: 1kB, max.block.ms: 500}
consumers: {c: {topic: t, group: g}}
run: {duration: 10s, ${costs}}
timeline: [{at: 500ms, for: 1300ms, isolate: {brokers: [1]}}]
`);
    // The first waits in a batch for the network. The second is refused at 1.6 s, the third, whose turn came then, has memory at 1.82 s.
    expect(result.summary.producers["p"]).toMatchObject({ accepted: 3, refused: 1 });
    expect(
      result.summary.occurrences.first.filter(({ kind }) => kind !== "isolated" && kind !== "reconnected"),
    ).toMatchObject([
      { kind: "producerBlocked", at: 1100, rule: "buffer.memory" },
      { kind: "sendTimedOut", at: 1600, rule: "max.block.ms" },
    ]);
    expect(steps(result, "dropped")).toMatchObject([{ message: 1, at: 1600 }]);
    expect(timesAt(result, "clientDone").map(Math.round)).toEqual([1000, 1810, 1830]);
  });

  it("goes with its process", () => {
    const result = run(`
kafka: {topics: {t: {}}}
producers: {p: {topic: t, arrivals: {bursts: {size: 5, every: 6s}}, size: 900, config: {${config}}}}
consumers: {c: {topic: t, group: g}}
run: {duration: 10s, ${costs}}
timeline: [{at: 5ms, crash: {producer: p}}, {at: 1s, start: {producer: p}}]
`);
    // Two were sent, and three waited; the next process sends five.
    expect(result.summary.producers["p"]).toMatchObject({ sent: 10, accepted: 5, timedOut: 5 });
    expect(logEnds(result)).toEqual([7]);
  });
});
