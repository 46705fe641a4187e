import { expect, test } from "vitest";
import { check } from "../../../src/core/check.ts";
import { parse } from "../../../src/core/parse/parse.ts";

/** Counts what is read of a value and of everything in it; the same thing is always the same proxy. */
class Reads {
  count = 0;
  private readonly watched = new WeakMap<object, object>();

  watch<T>(value: T): T {
    if (typeof value !== "object" || value === null) return value;
    let proxy = this.watched.get(value);
    if (proxy === undefined) {
      proxy = value instanceof Map ? this.map(value) : this.object(value);
      this.watched.set(value, proxy);
      this.watched.set(proxy, proxy);
    }
    return proxy as T;
  }

  private object(value: object): object {
    return new Proxy(value, {
      get: (target, key) => {
        this.count++;
        const found: unknown = Reflect.get(target, key);
        return typeof found === "function" ? found : this.watch(found);
      },
    });
  }

  private map(map: ReadonlyMap<unknown, unknown>): object {
    return new Map(Array.from(map, ([key, value]) => [key, this.watch(value)]));
  }
}

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${i}`);
const lines = (count: number, line: (name: string) => string): string => names(count).map(line).join("\n");

/** Files of so many things, each with what the others have: one thing more, one part more to read. */
const files: Readonly<Record<string, (count: number) => string>> = {
  "queues behind a topic exchange": (count) => `topology: 1
rabbitmq:
  queues:
${lines(count, (name) => `    ${name}: {arguments: {x-max-length: 1000, x-overflow: reject-publish}}`)}
  bindings:
${lines(count, (name) => `    - {source: amq.topic, destination: ${name}, routing_key: "order.${name}.#"}`)}
producers:
${lines(count, (name) => `  p-${name}: {exchange: amq.topic, rate: 2/s, routing_key: order.${name}.eu, confirms: true}`)}
consumers:
${lines(count, (name) => `  c-${name}: {queue: ${name}, prefetch: 10, processing: {exponential: 5ms}}`)}
`,
  "queues with dead letters and replies": (count) => `topology: 1
rabbitmq:
  exchanges: {late: {type: direct}}
  queues:
${lines(count, (name) => `    ${name}: {arguments: {x-message-ttl: 1000, x-dead-letter-exchange: late, x-dead-letter-routing-key: late-${name}}}`)}
${lines(count, (name) => `    late-${name}: {}`)}
  bindings:
${lines(count, (name) => `    - {source: late, destination: late-${name}, routing_key: late-${name}}`)}
producers:
${lines(count, (name) => `  p-${name}: {queue: ${name}, rate: 2/s}`)}
consumers:
${lines(count, (name) => `  c-${name}: {queue: ${name}, prefetch: 10, onFailure: requeue, failures: 1%, processing: 5ms}`)}
${lines(count, (name) => `  l-${name}: {queue: late-${name}, exclusive: true, instances: 2, processing: 5ms}`)}
`,
  "topics with a group each": (count) => `topology: 1
kafka:
  topics:
${lines(count, (name) => `    ${name}: {partitions: 3}`)}
producers:
${lines(count, (name) => `  p-${name}: {topic: ${name}, rate: 2/s, key: {values: 2}}`)}
consumers:
${lines(count, (name) => `  c-${name}: {topic: ${name}, group: g-${name}, instances: 4, processing: 5ms}`)}
`,
  "overloaded consumers that send on": (count) => `topology: 1
kafka:
  topics:
${lines(count, (name) => `    ${name}: {partitions: 3}`)}
rabbitmq:
  queues:
${lines(count, (name) => `    q-${name}: {arguments: {x-dead-letter-exchange: "", x-dead-letter-routing-key: d-${name}}}`)}
${lines(count, (name) => `    d-${name}: {}`)}
producers:
${lines(count, (name) => `  p-${name}: {topic: ${name}, rate: 500/s}`)}
consumers:
${lines(count, (name) => `  c-${name}: {topic: ${name}, group: g-${name}, instances: 2, processing: 5ms, sends: [{queue: q-${name}, confirms: true}]}`)}
${lines(count, (name) => `  s-${name}: {queue: q-${name}, prefetch: 10, processing: 5ms, failures: 1%, onFailure: reject}`)}
`,
};

/** What the checks read of a file of so many things: a measure of their work that no clock disturbs. */
function readsOf(text: string): number {
  const parsed = parse(text);
  const reads = new Reads();
  const { problems } = parsed;
  expect(problems).toEqual([]);
  check({
    text,
    parsed: { ...parsed, topology: reads.watch(parsed.topology), tree: reads.watch(parsed.tree) },
  });
  return reads.count;
}

test.each(Object.entries(files))("checks read no more than in proportion: %s", (_, file) => {
  const [short, long] = [readsOf(file(25)), readsOf(file(200))];
  expect(short).toBeGreaterThan(1000);
  expect(long / short).toBeLessThan(8 * 1.3);
});

test("checks and predictions declare a file's exchanges, queues and bindings once", () => {
  // About 460 for each queue with its binding, producer and consumer; 40 more where the capacity's checks declared them again.
  expect(readsOf(files["queues behind a topic exchange"]!(200)) / 200).toBeLessThan(480);
});
