import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { parse } from "../../src/core/index.ts";
import { simulate } from "../../src/core/run.ts";
import { show } from "./editor.ts";
import { panels } from "./opened-panel.ts";

const { open } = panels();

const shop = `topology: 1
rabbitmq:
  exchanges:
    orders: {type: topic}
    dead: {type: fanout}
  queues:
    work: {arguments: {x-dead-letter-exchange: dead, x-max-length: 30}}
    failed: {}
  bindings:
    - {source: orders, destination: work, routing_key: order.placed}
    - {source: dead, destination: failed}
producers:
  site: {exchange: orders, rate: 150/s, routing_key: {order.placed: 8, order.paid: 1}}
consumers:
  packers: {queue: work, prefetch: 1, processing: {exponential: 8ms}}
run: {duration: 10s, seed: 3}
`;

const clicks = `topology: 1
kafka: {topics: {clicks: {partitions: 4}}}
producers: {web: {topic: clicks, rate: 100/s}}
consumers:
  counter: {topic: clicks, group: counter, instances: 2, processing: 2ms, config: {session.timeout.ms: 10s}}
  audit: {topic: clicks, group: audit, instances: 5, processing: 1ms}
timeline: [{at: 8s, crash: {consumer: counter, instance: 2}}]
run: {duration: 40s, seed: 2}
expect: [{metric: lag.max, of: {group: counter}, below: 50}]
`;

const faults = `topology: 1
kafka: {brokers: 3, topics: {orders: {replicas: 3, config: {unclean.leader.election.enable: true}}}}
rabbitmq: {queues: {work: {}}}
producers:
  shop: {topic: orders, rate: 50/s, until: 20s, config: {acks: 1, enable.idempotence: false}}
  site: {queue: work, rate: 20/s, until: 4s, properties: {delivery_mode: 1}}
consumers:
  billing: {topic: orders, group: billing, processing: 1ms}
  packers: {queue: work, processing: 70ms}
run: {duration: 40s, seed: 2}
timeline:
  - {at: 3s, crash: {node: 1}}
  - {at: 5s, crash: {broker: 2}}
  - {at: 5s, crash: {broker: 3}}
  - {at: 16s, crash: {broker: 1}}
  - {at: 18s, start: {broker: 2}}
  - {at: 18s, start: {broker: 3}}
`;

/** A question, what somebody does to have it answered, and where the answer stands. */
type Question = readonly [
  asked: string,
  actions: readonly ((page: Page) => Promise<void>)[],
  answer: (page: Page) => Promise<string>,
  is: RegExp,
];

const region = (name: string) => (page: Page) =>
  page.getByRole("region", { name, exact: true }).first().innerText();
const matters = region("What matters");
const radio = (name: string | RegExp) => (page: Page) => page.getByRole("radio", { name }).first().check();
const finding = (about: string, button: string) => (page: Page) =>
  page
    .getByRole("region", { name: "What matters" })
    .locator("li", { hasText: about })
    .first()
    .getByRole("button", { name: button })
    .click();
const more = (page: Page): Promise<void> =>
  page.getByRole("region", { name: "What matters" }).getByRole("button", { name: /more$/ }).click();
const firstMessage = (page: Page): Promise<void> =>
  page.locator('.list [role="rowgroup"] [role="row"]').first().click();
const journey = (page: Page): Promise<string> => page.locator(".journey").innerText();
const legend = (number: number) => (page: Page) => page.locator(".legend").nth(number).innerText();
const node = (id: string) => (page: Page) =>
  page.locator(`[data-node="${id}"]`).evaluate((element) => element.textContent ?? "");
const revealed = (text: string) => async (page: Page) => {
  const posted = await page.evaluate(() => window.posted.at(-1));
  return posted?.type === "reveal" ? text.slice(posted.start, posted.end) : "";
};
const figure = (path: string) => (page: Page) => page.locator(`.sheet [data-path="${path}"]`).innerText();

const ofShop: readonly Question[] = [
  [
    "Which message was lost, and why?",
    [radio(/did not arrive/), firstMessage],
    journey,
    /Not routed: key order\.paid matches none of 1 binding of orders/,
  ],
  [
    "How many were sent that matched no queue?",
    [],
    matters,
    /\d+ of [\d,]+ messages published to orders matched no queue/,
  ],
  [
    "Which line of the file is behind that?",
    [finding("matched no queue", "show in the file")],
    revealed(shop),
    /^orders$/,
  ],
  ["Where is the bottleneck?", [], matters, /The bottleneck was packers, at work 9\d %/],
  [
    "By which rule did messages leave the queue?",
    [more],
    matters,
    /messages left work as dead letters \(maxlen\)/,
  ],
  [
    "What did a dead letter go through?",
    [radio(/dead-lettered/), firstMessage],
    journey,
    /the queue was at its length limit/,
  ],
  [
    "Which message was the slowest, and when was it sent?",
    [(page) => page.getByRole("checkbox", { name: "slowest first" }).check(), firstMessage],
    journey,
    /^Message \d+, sent at /,
  ],
  ["Where do slow messages lose their time?", [], region("Where the time goes"), /99th percentile[^]*queue/],
  ["Was the queue empty at the end?", [], figure("queues.work.depth.end"), /^\d+$/],
  [
    "How full was the queue after five seconds?",
    [(page) => page.getByRole("slider", { name: "Time" }).fill("5000")],
    node("queue:work"),
    /[\d.]+ ready/,
  ],
  ["How busy were the packers?", [radio("busy")], legend(1), /packers\s+9\d %/],
  [
    "What is the 99th percentile of the latency?",
    [radio("percentiles")],
    legend(1),
    /packers p99\s+[\d.]+ ms/,
  ],
];

const ofClicks: readonly Question[] = [
  [
    "Why did the lag jump?",
    [more],
    matters,
    /Group counter fell behind by [\d,]+ messages at [\d.]+ s; at 8 s consumer counter 2 crashed/,
  ],
  [
    "How long did nobody read a partition?",
    [],
    matters,
    /Group counter did not read partition \d of clicks for [\d.]+ s/,
  ],
  [
    "Which line of the file made that happen?",
    [finding("did not read", "show in the file")],
    revealed(clicks),
    /^\{at: 8s, crash: \{consumer: counter, instance: 2\}\}$/,
  ],
  [
    "What did the topology look like when it crashed?",
    [
      (page) =>
        page
          .getByRole("region", { name: "Events" })
          .locator("li", { hasText: "crashed" })
          .getByRole("button", { name: "go to" })
          .click(),
    ],
    node("consumer:counter"),
    /crashed/,
  ],
  [
    "Why did the group share its partitions out anew?",
    [radio(/rebalance started/)],
    region("Events"),
    /group counter rebalances: session\.timeout\.ms/,
  ],
  [
    "Which member was idle?",
    [more],
    matters,
    /Instance 5 of audit had nothing to do: its group has 4 partitions to give out/,
  ],
  [
    "What of the file's expectations does not hold, and why?",
    [],
    region("Expectations"),
    /lag\.max of group counter is [\d,]+; expected below 50\. Group counter/,
  ],
  [
    "Which partition was the furthest behind?",
    [radio("by partition")],
    legend(0),
    /counter clicks \d\s+[\d,.]+\s+[\d,]+/,
  ],
  ["How often were partitions given out anew?", [], figure("groups.counter.rebalances"), /^\d+$/],
];

const step = (text: string) => (page: Page) =>
  page.locator(".steps li", { hasText: text }).getByRole("button").click();
const lastMessage = (page: Page): Promise<void> => page.locator(".list").press("End");

const ofFaults: readonly Question[] = [
  [
    "Which message did the broker lose, and by which rule?",
    [radio(/^lost/), firstMessage],
    journey,
    /node 1 crashed[^]*Queue work lost it: .*it was transient \(delivery_mode: 1\)/,
  ],
  [
    "Which line of the file made that happen?",
    [radio(/^lost/), firstMessage, step("node 1 crashed")],
    revealed(faults),
    /^\{at: 3s, crash: \{node: 1\}\}$/,
  ],
  [
    "And whose setting allowed it?",
    [radio(/^lost/), firstMessage, step("it was transient")],
    revealed(faults),
    /^site$/,
  ],
  [
    "Which record is gone although its producer had been told that it was there?",
    [radio(/^lost/), lastMessage],
    journey,
    /shop learned that it had arrived[^]*orders partition 0 lost it: broker \d became the leader without it: it was not in sync \(unclean\.leader\.election\.enable\)/,
  ],
];

const narrow = (text: string): string => text.replaceAll("\u202f", " ");

describe.each([
  ["a queue that overflows", shop, ofShop],
  ["a member that crashes", clicks, ofClicks],
  ["brokers that crash", faults, ofFaults],
] as const)("what a newcomer asks of %s", (_, text, questions) => {
  const { topology } = parse(text);
  const result = simulate(topology);

  test.each(questions)("%s", async (_, actions, answer, is) => {
    expect(actions.length).toBeLessThanOrEqual(3);
    const page = await open();
    await show(page, result);
    await page.waitForSelector(".list");
    for (const act of actions) await act(page);
    await expect.poll(async () => narrow(await answer(page)), { timeout: 20_000 }).toMatch(is);
  });
});
