import { describe, expect, test } from "vitest";
import { parse, topologyGraph } from "../../src/core/index.ts";
import { simulate } from "../../src/core/run.ts";
import { messagesCsv, seriesCsv } from "../../src/report/csv.ts";
import { mermaid } from "../../src/report/mermaid.ts";

const text = `topology: 1
rabbitmq:
  exchanges: {orders: {type: topic}, dead: {type: fanout}}
  queues:
    "=HYPERLINK(1),\\"x\\"": {arguments: {x-dead-letter-exchange: dead}}
    failed: {}
  bindings:
    - {source: orders, destination: "=HYPERLINK(1),\\"x\\"", routing_key: "a|b\\"]"}
    - {source: dead, destination: failed}
producers:
  shop: {exchange: orders, routing_key: 'a|b"]', rate: 50/s}
consumers:
  mail: {queue: "=HYPERLINK(1),\\"x\\"", processing: 5ms, failures: 20%, onFailure: reject}
run: {duration: 10s}
`;
const { topology } = parse(text);
const result = simulate(topology);

/** Fields of a CSV text as RFC 4180 reads it. */
function read(csv: string): string[][] {
  expect(csv.endsWith("\r\n")).toBe(true);
  return csv
    .slice(0, -2)
    .split("\r\n")
    .map((line) =>
      Array.from(line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g), ([, quoted, bare]) =>
        quoted === undefined ? (bare ?? "") : quoted.replaceAll('""', '"'),
      ),
    );
}

describe("CSV", () => {
  test("of the series has a row for each bucket, numbers in full", () => {
    const [head, ...rows] = read(seriesCsv(result));
    expect(head).toEqual(["time_ms", "of", "name", "metric", "mean", "max"]);
    expect(rows).toHaveLength(result.series.reduce((sum, { time }) => sum + time.length, 0));
    const depth = result.series.find(({ metric }) => metric === "depth")!;
    const kept = rows.filter(
      ([, of, name, metric]) => of === "queue" && metric === "depth" && name?.includes("HYPERLINK"),
    );
    expect(kept.map(([at]) => Number(at))).toEqual([...depth.time]);
    expect(kept.map((fields) => Number(fields[4]))).toEqual([...depth.mean]);
  });

  test("of the messages has a row for each step", () => {
    const [, ...rows] = read(messagesCsv(result));
    expect(rows).toHaveLength(result.trace.rows);
    expect(rows.every((fields) => fields.length === 7)).toBe(true);
    expect(new Set(rows.map(([, , station]) => station))).toContain("deadLettered");
    expect(rows.some((fields) => fields[6] === 'a|b"]')).toBe(true);
  });

  test("of a message that was lost tells the rule, and what had happened", () => {
    const fragile = `topology: 1
rabbitmq: {queues: {q: {durable: false}}}
producers: {p: {queue: q, rate: 10/s, arrivals: constant, until: 1s}}
run: {duration: 5s}
timeline: [{at: 950ms, crash: {node: 1}}]
`;
    const [, ...rows] = read(messagesCsv(simulate(parse(fragile).topology)));
    const lost = rows.filter(([, , station]) => station === "lost");
    expect(lost).toHaveLength(10);
    expect(lost[0]).toEqual([
      "0",
      "950",
      "lost",
      "queue",
      "q",
      "",
      "its process ended, and the queue is not durable (durable: false); node 1 crashed",
    ]);
  });

  test("has no field that a spreadsheet takes for a formula", () => {
    for (const csv of [seriesCsv(result), messagesCsv(result)])
      for (const fields of read(csv))
        for (const field of fields)
          expect(/^[=+@\t]|^-(?![\d.]+(?:e[-+]?\d+)?$)/.test(field), field).toBe(false);
  });
});

describe("Mermaid", () => {
  const drawn = mermaid(topologyGraph(topology));

  test("names each node and arrow of the file, before any run", () => {
    expect(drawn.split("\n")[0]).toBe("flowchart LR");
    expect(drawn).toContain('(["shop<br>1 instance"])');
    expect(drawn).toContain('{{"orders<br>topic exchange"}}');
    expect(drawn).toContain('-->|"dead letters"|');
    expect(drawn.match(/-->/g)).toHaveLength(topologyGraph(topology).edges.length);
  });

  test("keeps what a name holds inside its quotes", () => {
    expect(drawn).toContain('"#61;HYPERLINK#40;1#41;,#34;x#34;<br>classic queue"');
    expect(drawn).toContain('|"a#124;b#34;#93;"|');
    for (const line of drawn.split("\n")) expect((line.match(/"/g) ?? []).length % 2).toBe(0);
  });

  test("of a run tells how many messages went along", () => {
    const { messages } = result.graph.edges.find(({ label }) => label === "dead letters")!;
    expect(messages).toBeGreaterThan(0);
    expect(mermaid(result.graph)).toContain(`|"dead letters<br>${messages}"|`);
  });
});

test("the file's graph is the run's, without its messages", () => {
  const bare = ({ from, to, label }: { from: string; to: string; label: string }): string =>
    `${from} ${to} ${label}`;
  expect(topologyGraph(topology).nodes).toEqual(result.graph.nodes);
  expect(topologyGraph(topology).edges.map(bare).toSorted()).toEqual(result.graph.edges.map(bare).toSorted());
});
