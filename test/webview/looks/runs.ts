import { readFile, writeFile } from "node:fs/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { compareRuns } from "../../../src/core/compare/comparison.ts";
import type { Comparison } from "../../../src/core/compare/comparison.ts";
import { parse } from "../../../src/core/index.ts";
import { simulate } from "../../../src/core/run.ts";
import { decodeOutcome, encodeOutcome } from "../../../src/report/outcome-file.ts";
import type { Outcome } from "../../../src/report/outcome.ts";
import { references, renewal, renewing } from "./likeness.ts";

export const uri = "file:///examples/orders.topology.yaml";

const text = `topology: 1
name: Orders
kafka:
  topics:
    order-events: {partitions: 3}
rabbitmq:
  exchanges:
    orders: {type: topic}
    dlx: {type: fanout}
  queues:
    payment: {arguments: {x-max-length: 40, x-dead-letter-exchange: dlx}}
    failed: {}
  bindings:
    - {source: orders, destination: payment, routing_key: "order.placed.#"}
    - {source: dlx, destination: failed}
producers:
  checkout: {topic: order-events, rate: 60/s, key: {values: 40}}
  shop: {exchange: orders, rate: 40/s, routing_key: {order.placed.eu: 5, order.audit: 1}}
consumers:
  fraud: {topic: order-events, group: fraud, instances: 2, commit: after, processing: {exponential: 20ms}}
  payments: {queue: payment, instances: 2, prefetch: 5, processing: {exponential: 60ms}, failures: 5%}
  repairs: {queue: failed, processing: 20ms}
timeline:
  - {at: 5s, crash: {consumer: fraud, instance: 2}, for: 3s}
run: {duration: 15s, warmup: 2s, seed: 7}
expect:
  - {metric: lost.broker, equals: 0}
  - {metric: lag.max, of: {group: fraud}, below: 100}
  - {metric: latency.p99, of: {consumer: payments}, below: 2s}
`;

/** The runs of the file, the earlier one first: before somebody made the work longer. */
const texts: Readonly<Record<string, string>> = {
  earlier: text.replace("exponential: 60ms", "exponential: 30ms").replace("rate: 60/s", "rate: 40/s"),
  later: text,
};

const fileOf = (name: string): URL => new URL(`${name}.run.gz`, references);

/** What happened to single messages is looked at of the later run alone. */
function runOf(name: string, written: string): Outcome {
  const result = simulate(parse(written).topology);
  const { trace } = simulate(parse(written.replace("run: {", "run: {trace: 0, ")).topology);
  return { uri, text: written, wallMs: 212.4, result: name === "later" ? result : { ...result, trace } };
}

/** As it was when the references were made: what the engine does since then is none of the panel's looks. */
async function stored(name: string): Promise<Outcome> {
  const written = texts[name]!;
  if (renewing()) await writeFile(fileOf(name), gzipSync(encodeOutcome(runOf(name, written)), { level: 9 }));
  const outcome = decodeOutcome(new Uint8Array(gunzipSync(await readFile(fileOf(name)))));
  if (outcome?.text !== written)
    throw new Error(`The run '${name}' was kept in another form or of another text: ${renewal}.`);
  return outcome;
}

export interface Runs {
  readonly earlier: Outcome;
  readonly later: Outcome;
  readonly comparison: Comparison;
}

export async function storedRuns(): Promise<Runs> {
  const [earlier, later] = [await stored("earlier"), await stored("later")];
  const [before, after] = [earlier, later].map(({ text: ran, result: { summary, findings } }) => ({
    text: ran,
    summary,
    findings,
  }));
  return { earlier, later, comparison: compareRuns(before!, after!) };
}
