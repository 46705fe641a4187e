import { describe, expect, it } from "vitest";
import { playRabbitRecording } from "../../../src/core/queue/play-recording.ts";

interface Event {
  readonly ev: string;
  readonly consumer?: string;
  readonly id?: string;
  readonly deaths?: readonly { readonly count: number }[];
}

interface Played {
  readonly trace: readonly {
    readonly error?: { readonly code: number };
    readonly events?: readonly Event[];
  }[];
  readonly final: Readonly<Record<string, readonly (Event & { readonly headers?: object })[]>>;
}

/** A scenario by the rules of a version. */
const play = (version: string, scenario: object) =>
  playRabbitRecording({ name: "scenario", ...scenario }, version) as Played;
const queue = (args: object) => [{ name: "w", args, durable: true }];
const quorum = (args = {}) => queue({ "x-queue-type": "quorum", ...args });
const publish = { op: "publish", exchange: "", key: "w", id: "m" };
const consume = { op: "consume", consumer: "c", queue: "w", prefetch: 1 };
/** Who got what, in its order. */
const delivered = ({ trace }: Played, consumer = "c") =>
  trace.flatMap(({ events = [] }) =>
    events.flatMap((one) => (one.ev === "deliver" && one.consumer === consumer ? [one.id] : [])),
  );
const errors = ({ trace }: Played) => trace.flatMap(({ error }) => error?.code ?? []);
const left = ({ final }: Played, name = "w") => final[name]?.map(({ id }) => id);

describe("by the version", () => {
  it("a topic pattern may have any number of #, from 4.3 two (R2)", () => {
    const bind = (key: string) => ({ op: "bind", source: "t", dest: "w", key });
    const scenario = {
      exchanges: [{ name: "t", type: "topic" }],
      queues: queue({}),
      steps: [bind("#.a.#"), bind("#.a.#.b.#")],
    };
    expect(["3.10", "4.2", "4.3"].map((version) => errors(play(version, scenario)))).toEqual([[], [], [406]]);
  });

  it("what is requeued into a quorum queue goes to its tail without a limit, which is 20 from 4.0 (Q2)", () => {
    const steps = [{ ...publish, count: 3 }, consume, { op: "nack", consumer: "c" }];
    const second = (version: string, args = {}) =>
      delivered(play(version, { queues: quorum(args), steps }))[1];
    expect(["3.13", "4.0", "4.1"].map((version) => second(version))).toEqual(["m2", "m1", "m1"]);
    expect(second("4.1", { "x-delivery-limit": -1 })).toBe("m2");
    expect(second("3.13", { "x-delivery-limit": 5 })).toBe("m1");
  });

  it("a quorum queue takes back what a channel's consumers hold by their tags, from 4.0 in their order (Q2)", () => {
    const by = (consumer: string) => ({ ...consume, consumer, channel: "both", prefetch: 2 });
    const steps = [by("b"), by("a"), { ...publish, count: 4 }, { op: "closeChannel", channel: "both" }];
    const back = (version: string) => left(play(version, { queues: quorum(), steps }));
    expect(back("3.13")).toEqual(["m2", "m4", "m1", "m3"]);
    expect(back("4.0")).toEqual(["m1", "m3", "m2", "m4"]);
  });

  it("a nack counts against the limit, not so from 4.3; a channel that ends always does (Q3)", () => {
    const deliveries = (version: string, step: object) => {
      const again = Array.from({ length: 30 }, () => step).flatMap((one) => [one, consume]);
      return delivered(play(version, { queues: quorum(), steps: [publish, consume, ...again] })).length;
    };
    const nack = { op: "nack", consumer: "c" };
    const close = { op: "closeChannel", channel: "ch-c" };
    expect(["3.13", "4.1", "4.3"].map((version) => deliveries(version, nack))).toEqual([31, 21, 31]);
    expect(["3.13", "4.1", "4.3"].map((version) => deliveries(version, close))).toEqual([31, 21, 21]);
  });

  it("one limit of a whole channel is granted, not so from 4.3 (D2)", () => {
    const steps = [{ op: "qos", channel: "ch-c", prefetch: 5, global: true }];
    const codes = ["3.10", "4.2", "4.3"].map((version) =>
      errors(play(version, { queues: queue({}), steps })),
    );
    expect(codes).toEqual([[], [], [540]]);
  });

  it("the next single active consumer gets the backlog when the one before is cancelled from 4.0 on (D5)", () => {
    const steps = [
      consume,
      { ...consume, consumer: "d" },
      { ...publish, count: 3 },
      { op: "cancel", consumer: "c" },
    ];
    const next = (version: string, args = {}) =>
      delivered(play(version, { queues: queue({ "x-single-active-consumer": true, ...args }), steps }), "d");
    expect(["3.10", "3.13", "4.0"].map((version) => next(version))).toEqual([[], [], ["m2"]]);
    expect(next("3.10", { "x-queue-type": "quorum" })).toEqual(["m2"]);
  });

  it("a client's own x-death counts up to 3.13 (X5)", () => {
    const own = [{ queue: "w", reason: "rejected", count: 7, exchange: "", "routing-keys": ["w"] }];
    const scenario = {
      queues: [
        ...queue({ "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead" }),
        { name: "dead", durable: true },
      ],
      steps: [
        { ...publish, headers: { "x-death": own } },
        consume,
        { op: "reject", consumer: "c", requeue: false },
      ],
    };
    const counts = (version: string) =>
      play(version, scenario).final["dead"]![0]!.deaths!.map(({ count }) => count);
    expect(["3.13", "4.0"].map(counts)).toEqual([[8], [1]]);
  });

  it("x-death is by recency from 3.13 on; before, each death turns the older entries round (X2)", () => {
    const to = (key: string) => ({ "x-dead-letter-exchange": "", "x-dead-letter-routing-key": key });
    const names = ["w", "q2", "q3", "q4", "end"];
    const scenario = {
      queues: names.map((name, i) => ({
        name,
        durable: true,
        args: i < 4 ? to(names[i + 1]!) : {},
      })),
      steps: [
        publish,
        ...names.slice(0, 4).flatMap((name) => [
          { ...consume, consumer: name, queue: name },
          { op: "reject", consumer: name, requeue: false },
        ]),
      ],
    };
    const order = (version: string) =>
      (play(version, scenario).final["end"]![0]!.deaths as readonly { readonly queue?: string }[]).map(
        (death) => death.queue,
      );
    expect(order("3.13")).toEqual(["q4", "q3", "q2", "w"]);
    expect(order("3.12")).toEqual(["q4", "q2", "w", "q3"]);
  });

  it("classic queues take x-queue-leader-locator from 4.0 on", () => {
    const declare = {
      op: "declareQueue",
      name: "w",
      durable: true,
      args: { "x-queue-leader-locator": "balanced" },
    };
    const codes = ["3.13", "4.0"].map((version) => errors(play(version, { steps: [declare] })));
    expect(codes).toEqual([[406], []]);
  });

  it("a full quorum queue takes one message past its limit (X8)", () => {
    const limited = { "x-max-length": 2, "x-overflow": "reject-publish" };
    const played = play("4.1", {
      queues: quorum(limited),
      steps: [1, 2, 3, 4, 5].map((n) => ({ ...publish, id: `m${n}` })),
    });
    expect(left(played)).toEqual(["m1", "m2", "m3"]);
    const classic = play("4.1", {
      queues: queue(limited),
      steps: [1, 2, 3, 4].map((n) => ({ ...publish, id: `m${n}` })),
    });
    expect(left(classic)).toEqual(["m1", "m2"]);
  });
});
