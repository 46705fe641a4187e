import assert from "node:assert/strict";
import type { Summary } from "../../src/core/index.ts";
import { hotSpots } from "../../src/host/hot-spots.ts";

const level = (max: number, mean: number, end: number) => ({ max, mean, end });
const well = {
  producers: { shop: { refused: 0, timedOut: 0, unroutable: 0 } },
  exchanges: { orders: { unroutable: 0 } },
  groups: { fraud: { lag: level(900, 400, 30), expiredUnread: 0 } },
  queues: { mails: { depth: level(50, 1, 50), dropped: {} } },
  consumers: { mailer: { utilization: 0.89, skipped: 0 } },
};

const spots = (changed: object) =>
  hotSpots({ ...well, ...changed } as unknown as Summary).map(
    ({ kind, name, says }) => `${kind} ${name}: ${says}`,
  );

describe("hot spots", () => {
  it("are none where a run went well, levels that swing and small backlogs included", () => {
    assert.deepEqual(spots({}), []);
  });

  it("are what was turned away, lost, overrun or busy", () => {
    assert.deepEqual(
      spots({
        producers: { shop: { refused: 1200, timedOut: 2, unroutable: 3 } },
        exchanges: { orders: { unroutable: 3 } },
        groups: { fraud: { lag: level(12_000, 6_000, 12_000), expiredUnread: 7 } },
        queues: { mails: { depth: level(500, 250, 490), dropped: { maxlen: 4, expired: 1 } } },
        consumers: { mailer: { utilization: 0.987, skipped: 5 } },
      }),
      [
        "producer shop: The broker refused 1,200 of its messages.",
        "producer shop: 2 of its messages were given up: their time was over.",
        "producer shop: 3 of its messages reached no queue.",
        "exchange orders: 3 messages had no binding to follow.",
        "group fraud: Its lag grew to 12,000 by the end.",
        "group fraud: 7 records were deleted before it read them.",
        "queue mails: It grew to 490 messages by the end.",
        "queue mails: It dropped 5 messages.",
        "consumer mailer: It was busy 98.7% of the time.",
        "consumer mailer: It passed over 5 messages unfinished.",
      ],
    );
  });
});
