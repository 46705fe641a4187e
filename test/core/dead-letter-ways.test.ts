import { expect, test } from "vitest";
import { parse, topologyGraph } from "../../src/core/index.ts";
import { simulate } from "../../src/core/run.ts";
import { mermaid } from "../../src/report/mermaid.ts";

/** The ways of dead letters in the graph of a file with these queues and policies, before any run. */
function ways(queues: string, policies = "policies: {}"): readonly string[] {
  const text = `topology: 1
rabbitmq:
  exchanges: {dlx: {type: fanout}, other: {type: fanout}}
  queues: {${queues}}
  ${policies}
`;
  return topologyGraph(parse(text).topology).edges.map(({ from, to, label }) => `${from} ${label} ${to}`);
}

test.each<[what: string, ways: readonly string[], queues: string, policies?: string]>([
  [
    "an argument",
    ["queue:a dead letters exchange:dlx"],
    "a: {arguments: {x-dead-letter-exchange: dlx}}, b: {}",
  ],
  [
    "a policy for the names that it fits",
    ["queue:work.a dead letters exchange:dlx", "queue:work.b dead letters exchange:dlx"],
    "work.a: {}, work.b: {arguments: {x-queue-type: quorum}}, c: {}",
    `policies: {p: {pattern: "^work", definition: {dead-letter-exchange: dlx}}}`,
  ],
  [
    "an argument before a policy",
    ["queue:a dead letters exchange:other"],
    "a: {arguments: {x-dead-letter-exchange: other}}",
    `policies: {p: {pattern: a, definition: {dead-letter-exchange: dlx}}}`,
  ],
  [
    "the policy of the highest priority",
    ["queue:a dead letters exchange:other"],
    "a: {}",
    `policies: {p: {pattern: a, definition: {dead-letter-exchange: dlx}}, q: {pattern: a, priority: 2, definition: {dead-letter-exchange: other}}}`,
  ],
  [
    "the default exchange, by the key of the dead letters",
    ["queue:a dead letters queue:b"],
    `a: {arguments: {x-dead-letter-exchange: "", x-dead-letter-routing-key: b}}, b: {}`,
  ],
  ["the default exchange without a key of their own", [], `a: {arguments: {x-dead-letter-exchange: ""}}`],
  ["an exchange that is not declared", [], "a: {arguments: {x-dead-letter-exchange: none}}"],
])("%s", (_, expected, queues, policies) => {
  expect(ways(queues, policies)).toEqual(expected);
});

const retry = `topology: 1
rabbitmq:
  exchanges: {orders: {type: fanout}, dlx: {type: fanout}}
  queues: {work: {arguments: {x-queue-type: quorum}}, failed: {}}
  bindings: [{source: orders, destination: work}, {source: dlx, destination: failed}]
  policies: {letters: {pattern: ^work$, apply-to: queues, definition: {dead-letter-exchange: dlx}}}
producers: {shop: {exchange: orders, rate: 50/s}}
consumers: {mail: {queue: work, processing: 5ms, failures: 20%, onFailure: reject}}
run: {duration: 10s}
`;

test("after a run each way has the dead letters that took it, also in Mermaid", () => {
  const { graph, summary } = simulate(parse(retry).topology);
  const way = graph.edges.find(({ label }) => label === "dead letters")!;
  expect(way.messages).toBe(summary.queues["work"]!.deadLettered["rejected"]);
  expect(way.messages).toBeGreaterThan(50);
  const [on] = graph.edges.filter(({ from }) => from === "exchange:dlx");
  expect(on).toEqual({ from: "exchange:dlx", to: "queue:failed", label: "", messages: way.messages });
  expect(mermaid(graph)).toContain(`|"dead letters<br>${way.messages}"|`);
  expect(mermaid(graph)).toContain('[/"work<br>quorum queue"/]');
});
