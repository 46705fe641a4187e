import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PolicyTarget } from "../../../src/core/model/policy.ts";
import type { FieldTable } from "../../../src/core/model/topology.ts";
import { merged, Policies, type PolicySettings } from "../../../src/core/queue/policies.ts";
import { rulesOf } from "../../../src/core/queue/queue-arguments.ts";
import { releaseOf } from "../../../src/core/queue/release.ts";
import { VirtualHost } from "../../../src/core/queue/virtual-host.ts";
import { expectFormProblems } from "../marked-problems.ts";

const nothing: FieldTable = new Map();

function policy(
  name: string,
  definition: Record<string, string | number>,
  more: Partial<PolicySettings> = {},
) {
  const settings = { pattern: ".*", applyTo: "all", priority: 0, ...more } as const;
  return { name, ...settings, definition: new Map(Object.entries(definition)) };
}

function host(args: Record<string, string | number>, version = "4.1"): VirtualHost {
  const declared = new VirtualHost(releaseOf(version));
  const table = new Map(Object.entries(args));
  expect(declared.declareQueue({ name: "q", durable: true, arguments: table })).toBeUndefined();
  return declared;
}

describe("policies", () => {
  it("say where a rule comes from", () => {
    const one = host({ "x-max-length": 5 });
    one.setPolicy(policy("small", { "max-length": 3, "message-ttl": 10 }), false);
    one.setPolicy(policy("cap", { "message-ttl": 4 }), true);
    const { maxLength, messageTtl, source } = one.queueRules(0);
    expect([maxLength, messageTtl]).toEqual([3, 4e6]);
    expect(["max-length", "message-ttl", "overflow"].map(source)).toEqual([
      "max-length of policy small",
      "message-ttl of operator policy cap",
      "x-overflow",
    ]);
  });

  it("answer the queues that others apply to than before", () => {
    const one = host({});
    one.declareQueue({ name: "other", durable: true });
    expect(one.setPolicy(policy("p", { "max-length": 1 }, { pattern: "^q$" }), false)).toEqual([0]);
    expect(one.setPolicy(policy("r", { "max-length": 2 }), false)).toEqual([1]);
    expect(one.clearPolicy("p", false)).toEqual([0]);
    expect(one.queueRules(0).maxLength).toBe(2);
    expect(one.clearPolicy("missing", true)).toEqual([]);
  });

  it("count for a quorum queue's expiry by the version", () => {
    for (const [version, expires] of [
      ["3.10", 900e6],
      ["4.1", 100e6],
    ] as const) {
      const one = host({ "x-queue-type": "quorum", "x-expires": 100 }, version);
      one.setPolicy(policy("p", { expires: 900 }), false);
      expect(one.queueRules(0).expires).toBe(expires);
    }
  });

  it("count for types of queue, and not with a key that the type does not know", () => {
    const stream = host({ "x-queue-type": "stream" });
    const of = (applyTo: PolicyTarget, definition: Record<string, number>) => {
      stream.setPolicy(policy("p", definition, { applyTo }), false);
      return stream.queueRules(0).maxBytes;
    };
    expect(of("streams", { "max-length-bytes": 7 })).toBe(7);
    expect(of("queues", { "max-length-bytes": 8 })).toBe(8);
    expect(of("classic_queues", { "max-length-bytes": 7 })).toBe(Infinity);
    expect(of("exchanges", { "max-length-bytes": 7 })).toBe(Infinity);
    expect(of("all", { "max-length-bytes": 7, "message-ttl": 5 })).toBe(Infinity);
  });
});

const priority = fc.integer({ min: -2, max: 2 });
const limits = fc.record({ "max-length": fc.nat(9), "message-ttl": fc.nat(9) }, { requiredKeys: [] });
const some = fc.array(fc.record({ priority, limits }), { maxLength: 4 });

describe("of all policies that match", () => {
  it("one of the highest priority applies, its limits the smallest with the queue's and the operator's", () => {
    fc.assert(
      fc.property(some, some, limits, (own, operators, args) => {
        const policies = new Policies();
        for (const [list, byOperator] of [
          [own, false],
          [operators, true],
        ] as const)
          for (const [i, one] of list.entries())
            policies.set(policy(`p${i}`, one.limits, { priority: one.priority }), byOperator);
        const governing = policies.ofQueue("q", "classic");
        const highest = (list: typeof own): number | undefined =>
          list.length === 0 ? undefined : Math.max(...list.map((one) => one.priority));
        expect(governing.policy?.priority).toBe(highest(own));
        expect(governing.operatorPolicy?.priority).toBe(highest(operators));
        const table = new Map(Object.entries(args).map(([key, value]) => [`x-${key}`, value]));
        const rules = rulesOf(table, merged(governing), releaseOf("4.1"));
        const said = (key: "max-length" | "message-ttl"): number =>
          Math.min(
            ...[
              args[key],
              governing.policy?.definition.get(key),
              governing.operatorPolicy?.definition.get(key),
            ].map((value) => (value === undefined ? Infinity : Number(value))),
          );
        expect(rules.maxLength).toBe(said("max-length"));
        expect((rules.messageTtl ?? Infinity) / 1e6).toBe(said("message-ttl"));
      }),
    );
  });

  it("none changes what it says nothing of", () => {
    expect(
      rulesOf(nothing, merged({ policy: undefined, operatorPolicy: undefined }), releaseOf("4.1")),
    ).toEqual({
      ...rulesOf(nothing, new Map(), releaseOf("4.1")),
      source: expect.any(Function),
    });
  });
});

it("reports what the broker refuses", () => {
  expectFormProblems(`topology: 1
rabbitmq:
  version: "3.10"
  queues: {q: {}}
  policies:
    a: {pattern: "(", definition: {max-length: 5}}
#                ^^^ bad-value: no regular expression
    b: {pattern: q, apply-to: quorum_queues, definition: {max-lenght: 5}}
#                             ^^^^^^^^^^^^^ schema: single types of queue are known from 3.12 on
#                                                         ^^^^^^^^^^ unknown-setting: Did you mean \`max-length\`?
    c: {pattern: q, definition: {overflow: drop}}
#                                          ^^^^ bad-value
  operator_policies:
    d: {pattern: q, definition: {message-ttl: 5s, overflow: drop-head}}
#                                                 ^^^^^^^^ schema: an operator limits
`);
});
