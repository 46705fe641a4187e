import { describe, expect, it } from "vitest";
import { run } from "../log/run-log.ts";

/** Five messages that a consumer rejects; their dead letters go to a queue that takes two at a time. */
const file = (parts: {
  strategy?: string;
  binding?: string;
  more?: string;
  duration?: string;
  bound?: string;
}) => `
rabbitmq:
  exchanges: {dlx: {type: fanout}}
  queues:
    q: {arguments: {x-queue-type: quorum, x-dead-letter-exchange: dlx, x-overflow: reject-publish, x-dead-letter-strategy: ${parts.strategy ?? "at-least-once"}}}
    r: {arguments: {x-max-length: 2, x-overflow: reject-publish}}
  bindings: [{source: dlx, destination: ${parts.bound ?? "r"}}]
producers: {p: {queue: q, rate: 10/s, arrivals: constant, until: 500ms}}
consumers: {c: {queue: q, processing: 1ms, failures: 100%, onFailure: reject}${parts.more ?? ""}}
run: {duration: ${parts.duration ?? "60s"}}
`;

const outcome = (parts: Parameters<typeof file>[0]) => {
  const { queues, totals, consumers } = run(file(parts), { auditEvery: 1 }).summary;
  const { depth, deadLettered } = queues["q"]!;
  return [
    depth.end,
    deadLettered["rejected"] ?? 0,
    queues["r"]!.depth.end,
    totals.unfinished,
    consumers["d"]?.processed ?? 0,
  ];
};

describe("dead-lettering at least once", () => {
  it("keeps what the next queue does not take, where at most once loses it", () => {
    expect(outcome({ strategy: "at-most-once" })).toEqual([0, 5, 2, 2, 0]);
    expect(outcome({})).toEqual([0, 2, 2, 5, 0]);
  });

  it("sends it again after three minutes", () => {
    const more = ", d: {queue: r, processing: 1ms, from: 100s}";
    expect(outcome({ more, duration: "170s" })).toEqual([0, 2, 0, 3, 2]);
    expect(outcome({ more, duration: "200s" })).toEqual([0, 5, 0, 0, 5]);
  });

  it.each(["", "x-queue-type: quorum", "x-queue-type: stream"])(
    "waits until the next queue has written it (%s), with confirms and without",
    (type) => {
      for (const confirms of ["confirms: true", "confirms: false"]) {
        const { queues, totals } = run(
          `
rabbitmq:
  exchanges: {dlx: {type: fanout}}
  queues:
    q: {arguments: {x-queue-type: quorum, x-dead-letter-exchange: dlx, x-overflow: reject-publish, x-dead-letter-strategy: at-least-once}}
    r: {arguments: {${type}}}
  bindings: [{source: dlx, destination: r}]
producers: {p: {queue: q, rate: 100/s, ${confirms}, properties: {expiration: 20ms}, until: 2s}}
run: {duration: 5s, calibration: lan}
`,
          { auditEvery: 1 },
        ).summary;
        expect(queues["q"]!.depth.end).toBe(0);
        expect(queues["r"]!.depth.end).toBe(totals.accepted);
        expect(queues["q"]!.deadLettered["expired"]).toBe(totals.accepted);
        expect(totals.accepted).toBeGreaterThan(150);
      }
    },
  );

  it("keeps what comes round by an automatic cycle", () => {
    const cyclic = "x-queue-type: quorum, x-dead-letter-exchange: dlx, x-overflow: reject-publish";
    const { queues, totals } = run(
      `
rabbitmq:
  exchanges: {dlx: {type: fanout}}
  queues: {q: {arguments: {${cyclic}, x-message-ttl: 1s, x-dead-letter-strategy: at-least-once}}}
  bindings: [{source: dlx, destination: q}]
producers: {p: {queue: q, rate: 10/s, messages: 3}}
run: {duration: 10s}
`,
      { auditEvery: 1 },
    ).summary;
    expect([queues["q"]!.deadLettered, queues["q"]!.expired, totals.unfinished]).toEqual([{}, 0, 3]);
  });
});
