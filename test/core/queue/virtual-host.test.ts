import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FieldTable } from "../../../src/core/model/topology.ts";
import { releaseOf } from "../../../src/core/queue/release.ts";
import { route } from "../../../src/core/queue/routing.ts";
import { topicMatches } from "../../../src/core/queue/topic-pattern.ts";
import { VirtualHost } from "../../../src/core/queue/virtual-host.ts";

const none: FieldTable = new Map();
const options = { durable: true, autoDelete: false, internal: false, alternate: undefined };

function bind(host: VirtualHost, source: string, destination: string, routingKey = "", exchange = false) {
  const destinationType = exchange ? "exchange" : "queue";
  return host.bind({ source, destination, destinationType, routingKey, arguments: none });
}

function queuesFor(host: VirtualHost, exchange: string, key: string): string[] {
  return route(host, host.exchange(exchange)!.handle, [key], none).queues.map(
    (queue) => host.queues[queue]!.name,
  );
}

describe("a virtual host", () => {
  it("makes the ring of a consistent hash anew when it starts: by keys, then by destinations (before 4.2)", () => {
    const ringAfterStart = (version: string): string[] => {
      const host = new VirtualHost(releaseOf(version));
      host.declareExchange({ name: "hash", type: "x-consistent-hash", ...options });
      for (const name of ["c", "a", "b"]) host.declareQueue({ name, durable: true });
      for (const [name, weight] of [
        ["c", "2"],
        ["b", "10"],
        ["a", "3"],
        ["a", "1"],
      ] as const)
        bind(host, "hash", name, weight);
      host.restart();
      return [...host.exchange("hash")!.bindings].map(
        ({ destination, routingKey }) => host.queues[destination]!.name + routingKey,
      );
    };
    expect(ringAfterStart("4.1")).toEqual(["a1", "b10", "c2", "a3"]);
    expect(ringAfterStart("4.2")).toEqual(["c2", "b10", "a3", "a1"]);
  });

  it("refuses what the broker refuses, with its code", () => {
    const host = new VirtualHost();
    host.declareQueue({ name: "q", durable: true });
    host.declareExchange({ name: "inner", type: "fanout", ...options, internal: true });
    expect(host.declareExchange({ name: "amq.mine", type: "fanout", ...options })?.code).toBe(403);
    expect(host.declareExchange({ name: "inner", type: "topic", ...options, internal: true })?.code).toBe(
      406,
    );
    expect(host.declareQueue({ name: "q", durable: false })?.code).toBe(406);
    expect(bind(host, "", "q", "k")?.code).toBe(403);
    expect(bind(host, "missing", "q")?.code).toBe(404);
    expect(bind(host, "amq.fanout", "missing")?.code).toBe(404);
    const args = new Map([["x-match", "some"]]);
    expect(
      host.bind({
        source: "amq.match",
        destination: "q",
        destinationType: "queue",
        routingKey: "",
        arguments: args,
      })?.code,
    ).toBe(406);
    expect(host.publishRefusal("missing")?.code).toBe(404);
    expect(host.publishRefusal("inner")?.code).toBe(403);
    expect(host.deleteExchange("amq.topic", false)?.code).toBe(403);
    expect(host.publishRefusal("amq.topic")).toBeUndefined();
  });

  it("leads the default exchange to the queue of the key's name", () => {
    const host = new VirtualHost();
    host.declareQueue({ name: "work", durable: true });
    expect(queuesFor(host, "", "work")).toEqual(["work"]);
    expect(queuesFor(host, "", "other")).toEqual([]);
  });

  it.each(["amq.direct", "amq.fanout", "amq.topic", "amq.headers", "amq.match"])(
    "declares %s itself",
    (name) => {
      const host = new VirtualHost();
      host.declareQueue({ name: "q", durable: true });
      expect(bind(host, name, "q", "k")).toBeUndefined();
      expect(queuesFor(host, name, "k")).toEqual(["q"]);
    },
  );

  it("forgets a deleted queue's bindings, and an auto-delete exchange with its last one", () => {
    const host = new VirtualHost();
    host.declareQueue({ name: "q", durable: true });
    host.declareExchange({ name: "gone", type: "fanout", ...options, autoDelete: true });
    host.declareExchange({ name: "stays", type: "fanout", ...options });
    bind(host, "gone", "q");
    bind(host, "stays", "q");
    const { version } = host;
    host.deleteQueue("q");
    host.declareQueue({ name: "q", durable: true });
    expect(host.version).toBeGreaterThan(version);
    expect(host.exchange("gone")).toBeUndefined();
    expect(queuesFor(host, "stays", "")).toEqual([]);
  });
});

describe("a route", () => {
  const names = ["e0", "e1", "e2", "e3"];
  const edge = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names, "q0", "q1", "q2"));

  it("reaches each queue once, along exchanges in any shape", () => {
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 20 }), fc.constantFrom(...names), (edges, from) => {
        const host = new VirtualHost();
        for (const name of names) host.declareExchange({ name, type: "fanout", ...options });
        for (const name of ["q0", "q1", "q2"]) host.declareQueue({ name, durable: true });
        for (const [source, to] of edges) bind(host, source, to, "", to.startsWith("e"));
        const reached = new Set([from]);
        for (const node of reached) for (const [source, to] of edges) if (source === node) reached.add(to);
        const found = queuesFor(host, from, "k");
        expect(found.toSorted()).toEqual([...reached].filter((node) => node.startsWith("q")).sort());
      }),
    );
  });
});

const patterns = fc.constantFrom("a", "a.b", "*.b", "a.*", "#", "a.#", "#.b", "*");
const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(3), patterns), { maxLength: 40 });

it("routes by topic what each binding in force matches alone, whatever was bound and unbound before", () => {
  fc.assert(
    fc.property(steps, fc.constantFrom("", "a", "b", "a.b", "b.b", "a.b.b"), (script, key) => {
      const host = new VirtualHost();
      for (let queue = 0; queue <= 3; queue++) host.declareQueue({ name: `q${queue}`, durable: true });
      const inForce = new Map<string, readonly [queue: number, pattern: string]>();
      for (const [binds, queue, routingKey] of script) {
        const ends = { source: "amq.topic", destination: `q${queue}`, destinationType: "queue" } as const;
        const binding = { ...ends, routingKey, arguments: none };
        if (binds) inForce.set(`${queue} ${routingKey}`, [queue, routingKey]);
        else inForce.delete(`${queue} ${routingKey}`);
        if (binds) host.bind(binding);
        else host.unbind(binding);
        queuesFor(host, "amq.topic", key);
      }
      const alone = [...inForce.values()].flatMap(([queue, pattern]) =>
        topicMatches(pattern, key) ? [`q${queue}`] : [],
      );
      expect(queuesFor(host, "amq.topic", key).sort()).toEqual([...new Set(alone)].sort());
    }),
  );
});
