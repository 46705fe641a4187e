import { describe, expect, it } from "vitest";
import { bucketOf as bucketOfHash } from "../../../src/core/queue/consistent-hash.ts";
import { hashOfText, rangeDefault } from "../../../src/core/queue/phash2.ts";
import { expectProblems } from "../marked-problems.ts";
import { playScenario } from "../../../src/core/queue/scenario-player.ts";
import type { Scenario } from "../../../src/core/queue/scenario.ts";

function idsOf(script: Omit<Scenario, "name">): Record<string, string[]> {
  const { final } = playScenario({ name: "exchange", ...script }, "4.1");
  return Object.fromEntries(
    Object.entries(final).map(([queue, messages]) => [
      queue,
      Array.isArray(messages) ? messages.map(({ id }) => id) : [],
    ]),
  );
}

const bucketOf = (key: string, buckets: number): number =>
  bucketOfHash(hashOfText(key) % rangeDefault, buckets);

describe("a consistent hash", () => {
  const keys = Array.from({ length: 500 }, (_, i) => `order-${i}`);

  it("moves keys to a new bucket alone", () => {
    for (const key of keys) {
      const [before, after] = [bucketOf(key, 7), bucketOf(key, 8)];
      expect(after === before || after === 7).toBe(true);
    }
  });

  it("spreads them evenly, long and empty ones as well", () => {
    const counts = new Array<number>(4).fill(0);
    for (const key of keys) counts[bucketOf(`${key} of a customer with a long name, ünï`, 4)]!++;
    for (const count of counts) expect(count).toBeGreaterThan(90);
    expect(bucketOf("", 4)).toBe(bucketOf("", 4));
  });
});

it("goes by a header or by a property that RabbitMQ knows", () => {
  expectProblems(`topology: 1
rabbitmq:
  exchanges:
    x: {type: x-consistent-hash, arguments: {hash-property: user_id}}
#                                                           ^^^^^^^ bad-value: \`message_id\`
    y: {type: x-consistent-hash, arguments: {hash-header: region, hash-property: message_id}}
#                                                                                ^^^^^^^^^^ schema: refuses an exchange with both
  queues: {q: {}}
  bindings:
    - {source: x, destination: q, routing_key: "1"}
    - {source: y, destination: q, routing_key: "1"}
producers:
  p: {exchange: y, rate: 1/s}
consumers:
  c: {queue: q, prefetch: 10, processing: 1ms}
`);
});

it("has a ring that a restart makes anew before 4.2, of several bindings as chance has it", () => {
  const restarted = (version: string, queues: readonly string[]) => () =>
    playScenario(
      {
        name: "ring",
        exchanges: [{ name: "hash", type: "x-consistent-hash", durable: true }],
        queues: queues.map((name) => ({ name, durable: true })),
        bindings: queues.map((dest) => ({ source: "hash", dest, key: "1" })),
        steps: [{ op: "restart" }],
      },
      version,
    );
  expect(restarted("4.1", ["a", "b"])).toThrow(/chance/);
  expect(restarted("4.1", ["a"])).not.toThrow();
  expect(restarted("4.2", ["a", "b"])).not.toThrow();
});

it("gives a channel a limit beside its consumers of classic queues, not of quorum queues", () => {
  const limited = (type: string) => () =>
    playScenario(
      {
        name: "limit",
        queues: [{ name: "q", args: { "x-queue-type": type } }],
        steps: [
          { op: "consume", consumer: "c", queue: "q", channel: "one" },
          { op: "qos", channel: "one", prefetch: 1, global: true },
        ],
      },
      "3.10",
    );
  expect(limited("quorum")).toThrow(/limit for a whole channel/);
  expect(limited("classic")).not.toThrow();
});

describe("an exchange of type", () => {
  it("x-recent-history gives a new queue the last messages, oldest first", () => {
    const ids = idsOf({
      exchanges: [{ name: "h", type: "x-recent-history", args: { "x-recent-history-length": 3 } }],
      queues: [{ name: "early" }, { name: "late" }],
      bindings: [{ source: "h", dest: "early" }],
      steps: [
        { op: "publish", exchange: "h", id: "m", count: 5 },
        { op: "publish", exchange: "h", id: "secret", headers: { "x-recent-history-no-store": true } },
        { op: "bind", source: "h", dest: "late" },
        { op: "publish", exchange: "h", id: "next" },
      ],
    });
    expect(ids["early"]).toEqual(["m1", "m2", "m3", "m4", "m5", "secret", "next"]);
    expect(ids["late"]).toEqual(["m3", "m4", "m5", "next"]);
  });

  it("x-delayed-message routes when the delay is over, and what has none at once", () => {
    const ids = idsOf({
      exchanges: [{ name: "d", type: "x-delayed-message", args: { "x-delayed-type": "direct" } }],
      queues: [{ name: "q" }],
      bindings: [{ source: "d", dest: "q", key: "k" }],
      steps: [
        { op: "publish", exchange: "d", key: "k", id: "slow", headers: { "x-delay": 1000 } },
        { op: "publish", exchange: "d", key: "k", id: "soon", headers: { "x-delay": 300 } },
        { op: "publish", exchange: "d", key: "k", id: "now" },
        { op: "sleep", ms: 2000 },
      ],
    });
    expect(ids["q"]).toEqual(["now", "soon", "slow"]);
  });

  it("x-local-random gives each message to one of its queues", () => {
    const { a, b } = idsOf({
      exchanges: [{ name: "r", type: "x-local-random" }],
      queues: [{ name: "a" }, { name: "b" }],
      bindings: [
        { source: "r", dest: "a" },
        { source: "r", dest: "b" },
      ],
      steps: [{ op: "publish", exchange: "r", id: "m", count: 200 }],
    });
    expect(a!.length + b!.length).toBe(200);
    expect(Math.min(a!.length, b!.length)).toBeGreaterThan(60);
  });

  it("nobody knows is refused, in old versions with the whole connection", () => {
    const unknown: Scenario = {
      name: "unknown",
      steps: [{ op: "declareExchange", name: "x", type: "x-strange" }],
    };
    expect(playScenario(unknown, "4.1").trace![0]!.error).toEqual({ code: 406, name: "PRECONDITION_FAILED" });
    expect(playScenario(unknown, "3.10").trace![0]!.error).toEqual({
      code: 503,
      name: "COMMAND_INVALID",
      scope: "connection",
    });
  });
});
