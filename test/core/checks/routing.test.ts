import fc from "fast-check";
import { expect, test } from "vitest";
import { check, parse } from "../../../src/core/index.ts";
import { simulate } from "../../../src/core/run.ts";

const exchanges = ["e0", "e1", "e2", "e3"];
const queues = ["q0", "q1", "q2"];
const keys = ["", "a", "b", "a.b", "a.b.c", "b.a"];
const patterns = [...keys, "#", "*", "a.*", "#.b", "*.b.#"];
const headers = ["{}", "{h: 1}", '{h: "1"}', "{h: 1, i: x}"];
const matches = ["{h: 1}", "{x-match: any, h: 1, i: y}", "{i: x}", "{x-match: any}"];

const quoted = (text: string): string => JSON.stringify(text);
const exchange = fc.record({
  type: fc.constantFrom("direct", "fanout", "topic", "headers"),
  alternate: fc.option(fc.constantFrom(...exchanges)),
});
const binding = fc.record({
  source: fc.constantFrom(...exchanges),
  destination: fc.constantFrom(...exchanges, ...queues, ...queues),
  key: fc.constantFrom(...patterns),
  match: fc.constantFrom(...matches),
});
const sender = fc.record({
  exchange: fc.constantFrom(...exchanges),
  key: fc.constantFrom(...keys),
  headers: fc.constantFrom(...headers),
  cc: fc.subarray(keys, { maxLength: 1 }),
});

const file = fc
  .tuple(
    fc.array(exchange, { minLength: exchanges.length, maxLength: exchanges.length }),
    fc.array(binding, { minLength: 1, maxLength: 8 }),
    fc.array(sender, { minLength: 1, maxLength: 6 }),
  )
  .map(
    ([declared, bindings, senders]) => `topology: 1
rabbitmq:
  exchanges:
${declared.map(({ type, alternate }, at) => `    e${at}: {type: ${type}${alternate === null ? "" : `, arguments: {alternate-exchange: ${alternate}}`}}\n`).join("")}\
  queues: {q0: {}, q1: {}, q2: {}}
  bindings:
${bindings.map(({ source, destination, key, match }) => `    - {source: ${source}, destination: ${destination}, destination_type: ${destination.startsWith("e") ? "exchange" : "queue"}, routing_key: ${quoted(key)}, arguments: ${match}}\n`).join("")}\
producers:
${senders.map(({ exchange: to, key, headers: of, cc }, at) => `  p${at}: {exchange: ${to}, rate: 50/s, arrivals: constant, routing_key: ${quoted(key)}, headers: ${of}, cc: [${cc.map(quoted).join()}]}\n`).join("")}\
run: {duration: 1s, calibration: ideal}
`,
  );

test("a producer is told to be unroutable where a run has messages that reach no queue, and nowhere else", () => {
  fc.assert(
    fc.property(file, (text) => {
      const told = check(text)
        .filter(({ code }) => code === "unroutable")
        .map(({ message }) => /of `(p\d)`/u.exec(message)?.[1] ?? "");
      const { summary } = simulate(parse(text).topology, { seed: 1 });
      const lost = Object.entries(summary.producers).filter(([, { unroutable }]) => unroutable > 0);
      expect(told.toSorted(), text).toEqual(lost.map(([name]) => name).toSorted());
    }),
    { numRuns: 150 },
  );
});

test("bindings that are told to be dead or double can go without a message less", () => {
  fc.assert(
    fc.property(file, (text) => {
      const idle = check(text).filter(({ code }) => code === "dead-binding" || code === "duplicate-binding");
      if (idle.length === 0) return;
      const lines = text.split("\n");
      const at = (offset: number): number => text.slice(0, offset).split("\n").length - 1;
      const gone = new Set(idle.map(({ span }) => at(span.start)));
      const kept = lines.filter((_, line) => !gone.has(line)).join("\n");
      const arrived = (one: string): unknown =>
        Object.entries(simulate(parse(one).topology, { seed: 1 }).summary.queues).map(([name, { depth }]) => [
          name,
          depth.end,
        ]);
      // A match counts for the alternate exchange even where it leads nowhere, so only double ones are sure there.
      if (!text.includes("alternate-exchange")) expect(arrived(kept), text).toEqual(arrived(text));
    }),
    { numRuns: 100 },
  );
});
