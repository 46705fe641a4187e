import { expect, test } from "vitest";
import type { Scenario } from "../../../../../src/core/queue/scenario.ts";
import { isPromised } from "./promised.ts";

/** A connection ends with an error while one of its channels holds what a dead-letter queue of another would get. */
const ending = (consumer: { readonly channel?: string }): Scenario => ({
  name: "ending",
  queues: [
    { name: "dead" },
    {
      name: "full",
      args: { "x-max-length": 1, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead" },
    },
  ],
  channels: { elsewhere: { connection: "other" } },
  steps: [
    { op: "consume", consumer: "deaths", queue: "dead", ...consumer },
    { op: "publish", key: "full", id: "m1" },
    { op: "consume", consumer: "holder", queue: "full" },
    { op: "publish", key: "full", id: "m2" },
    { op: "consume", consumer: "holder", queue: "full" },
  ],
});

test("nobody promises what a channel still hears while its connection ends", () => {
  expect(isPromised(ending({}))).toBe(false);
  expect(isPromised(ending({ channel: "elsewhere" }))).toBe(true);
});

test("nobody promises which of the connections that a restart ends still hears what another gave back", () => {
  const restarting = (channel: string): Scenario => ({
    name: "restarting",
    queues: [{ name: "shared", durable: true }],
    channels: { elsewhere: { connection: "other" } },
    steps: [
      { op: "consume", consumer: "first", queue: "shared", channel: "here", prefetch: 1 },
      { op: "publish", key: "shared", id: "m1" },
      { op: "consume", consumer: "second", queue: "shared", channel },
      { op: "restart" },
    ],
  });
  expect(isPromised(restarting("elsewhere"))).toBe(false);
  expect(isPromised(restarting("here"))).toBe(true);
});

test("nobody promises which queue hears first that a channel has ended", () => {
  const closing = (channel: string): Scenario => ({
    name: "closing",
    queues: [
      {
        name: "full",
        args: { "x-max-length": 1, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead" },
      },
      { name: "dead", args: { "x-queue-type": "quorum" } },
    ],
    channels: { elsewhere: { connection: "other" } },
    drain: true,
    steps: [
      { op: "consume", consumer: "holder", queue: "full", channel: "here" },
      { op: "publish", key: "full", id: "m", count: 2 },
      { op: "consume", consumer: "deaths", queue: "dead", channel },
      { op: "closeChannel", channel: "here" },
    ],
  });
  expect(isPromised(closing("here"))).toBe(false);
  expect(isPromised(closing("elsewhere"))).toBe(true);
});

test("no broker is restarted whose recent history would miss a stream for ever", () => {
  const restarting = (type: string, durable = true): Scenario => ({
    name: "restarting",
    exchanges: [{ name: "history", type: "x-recent-history", durable }],
    queues: [{ name: "read", durable: true, args: { "x-queue-type": type } }],
    steps: [{ op: "bind", source: "history", dest: "read" }, { op: "restart" }],
  });
  expect(isPromised(restarting("stream"))).toBe(false);
  expect(isPromised(restarting("stream", false))).toBe(true);
  expect(isPromised(restarting("quorum"))).toBe(true);
});

test("nobody promises whether a limit or a time to live ends a quorum queue's messages, whoever sets them", () => {
  const limiting = (type: string, pattern: string, key: string): Scenario => ({
    name: "limiting",
    policies: [
      { name: "deaths", pattern: "^q$", definition: { "dead-letter-exchange": "", "max-length": 1 } },
    ],
    queues: [{ name: "q", args: { "x-queue-type": type } }],
    steps: [{ op: "setPolicy", name: "limits", pattern, definition: { [key]: 600_000 } }],
  });
  expect(isPromised(limiting("quorum", "^q", "message-ttl"))).toBe(false);
  expect(isPromised(limiting("quorum", "^q", "max-length"))).toBe(true);
  expect(isPromised(limiting("quorum", "^other$", "message-ttl"))).toBe(true);
  expect(isPromised(limiting("classic", "^q", "message-ttl"))).toBe(true);
});

test("nobody promises when a quorum queue looks whether its time is over", () => {
  const expiring = (expires: number): Scenario => ({
    name: "expiring",
    queues: [{ name: "q", args: { "x-queue-type": "quorum" } }],
    steps: [{ op: "setPolicy", name: "ends", pattern: "^q$", definition: { expires } }],
  });
  expect(isPromised(expiring(3000))).toBe(false);
  expect(isPromised(expiring(600_000))).toBe(true);
  const declared = { name: "q", args: { "x-queue-type": "quorum", "x-expires": 3000 } };
  expect(isPromised({ name: "expiring", steps: [{ op: "declareQueue", ...declared }] })).toBe(false);
});

test("nobody promises when a queue that sends on its dead letters hears that they are too many", () => {
  const confirming = { "x-queue-type": "quorum", "x-dead-letter-strategy": "at-least-once" };
  const sending = (overflow: string | undefined, policed: string): Scenario => ({
    name: "sending",
    policies: [{ name: "limits", pattern: policed, definition: { "max-length": 1 } }],
    queues: [
      { name: "sender", args: { ...confirming, "x-overflow": "reject-publish" } },
      {
        name: "full",
        args: { "x-queue-type": "quorum", ...(overflow !== undefined && { "x-overflow": overflow }) },
      },
    ],
    steps: [],
  });
  expect(isPromised(sending("reject-publish", "^full$"))).toBe(false);
  expect(isPromised(sending(undefined, "^full$"))).toBe(true);
  expect(isPromised(sending("reject-publish", "^sender$"))).toBe(true);
});
