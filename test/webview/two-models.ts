import { compareModels } from "../../src/core/compare/models.ts";
import { parse } from "../../src/core/parse/parse.ts";
import { simulate } from "../../src/core/run.ts";
import { modelsOf, translate } from "../../src/core/translation/translation.ts";
import type { ToPanel } from "../../src/protocol/panel.ts";
import { uri } from "./two-runs.ts";

export const orders = `topology: 1
name: Orders
rabbitmq:
  exchanges: {orders: {type: fanout}}
  queues: {payment: {}, email: {}}
  bindings: [{source: orders, destination: payment}, {source: orders, destination: email}]
producers: {shop: {exchange: orders, rate: 100/s, confirms: {window: 50}}}
consumers:
  payment: {queue: payment, instances: 4, prefetch: 1, processing: {exponential: 25ms}}
  email: {queue: email, instances: 2, prefetch: 10, processing: {exponential: 10ms}}
run: {duration: 20s, warmup: 2s, seed: 7}
expect: [{metric: unroutable, equals: 0}]
`;

/** The run of a file, and what the host tells of it beside the other model. */
export function both(text: string) {
  const parsed = parse(text);
  const { notes, to, text: otherText } = translate(parsed)!;
  const [result, other] = [parsed.topology, parse(otherText).topology].map((topology) => simulate(topology));
  const figures = compareModels(result!, other!);
  const models: Extract<ToPanel, { type: "models" }> = {
    type: "models",
    uri,
    own: modelsOf(parsed.topology),
    other: to,
    seed: result!.summary.seed,
    repeat: result!.summary.repeat,
    figures,
    notes,
  };
  return { result: result!, models };
}
