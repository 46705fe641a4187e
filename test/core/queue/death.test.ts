import { describe, expect, it } from "vitest";
import type { Content } from "../../../src/core/queue/content.ts";
import { afterDeath, isCycle, type DeathReason } from "../../../src/core/queue/death.ts";
import { releaseOf } from "../../../src/core/queue/release.ts";

const fresh: Content = {
  id: "m",
  exchange: "",
  routingKeys: ["first", "copy", "hidden"],
  headers: new Map([["CC", ["copy"]]]),
  deaths: [],
  expiration: "50",
  priority: 3,
  persistent: true,
};
const target = { exchange: "dlx", routingKey: undefined };

function die(version: string, ...way: readonly (readonly [queue: string, reason: DeathReason])[]): Content {
  const release = releaseOf(version);
  return way.reduce((content, [queue, reason]) => afterDeath(content, queue, reason, target, release), fresh);
}

const queues = ({ deaths }: Content): string[] => deaths.map(({ queue, count }) => `${queue} ${count}`);

describe("a dead letter", () => {
  it("notes its first death once, where it came from, and what its expiration was", () => {
    const twice = die("4.1", ["a", "expired"], ["b", "rejected"]);
    expect(Object.fromEntries(twice.headers)).toEqual({
      CC: ["copy"],
      "x-first-death-exchange": "",
      "x-first-death-queue": "a",
      "x-first-death-reason": "expired",
      "x-last-death-exchange": "dlx",
      "x-last-death-queue": "b",
      "x-last-death-reason": "rejected",
    });
    expect(twice.deaths[1]).toEqual({
      queue: "a",
      reason: "expired",
      count: 1,
      exchange: "",
      keys: ["first", "copy"],
      originalExpiration: "50",
    });
    expect([twice.expiration, twice.priority]).toEqual([undefined, 3]);
  });

  it("loses its carbon copies to a routing key of the queue's own", () => {
    const own = afterDeath(fresh, "a", "rejected", { exchange: "dlx", routingKey: "k" }, releaseOf("4.1"));
    expect([own.routingKeys, own.headers.has("CC")]).toEqual([["k"], false]);
  });

  const loop = [
    ["q1", "rejected"],
    ["q2", "expired"],
    ["q3", "expired"],
    ["q1", "rejected"],
    ["q2", "expired"],
  ] as const;

  it("has its newest entry first, and in 3.10 the older ones the other way round each time", () => {
    expect(queues(die("4.1", ...loop))).toEqual(["q2 2", "q1 2", "q3 1"]);
    expect(queues(die("3.10", ...loop.slice(0, 3)))).toEqual(["q3 1", "q1 1", "q2 1"]);
  });

  it("comes round by an automatic cycle when nobody rejected it since", () => {
    expect(isCycle(die("4.1", ...loop).deaths, "q3")).toBe(false);
    expect(isCycle(die("4.1", ["a", "expired"], ["b", "maxlen"]).deaths, "a")).toBe(true);
    expect(isCycle(die("4.1", ["a", "expired"]).deaths, "b")).toBe(false);
    // The order of 3.10 hides the reject that was on the way.
    expect(isCycle(die("3.10", ...loop).deaths, "q3")).toBe(true);
  });
});

it.each(["2.0", "3.9", "four", ""])("the rules of version %j are not known", (version) => {
  expect(() => releaseOf(version)).toThrow(RangeError);
});
