import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { meanQueue, meanWaitMs, probabilityOfWaiting, stations } from "./closed-forms.ts";
import { expectMean, halfWidthMax, seeds } from "./interval.ts";
import { RunPool } from "./run-pool.ts";
import { journey, logFile, partitionsFile, queueFile } from "./station-runs.ts";

const throughQueue = journey([
  ...["sent", "clientDone", "brokerReceived", "routed", "enqueued", "acknowledged"],
  ...["dispatched", "received", "takenUp", "finished", "settled"],
]);
const throughLog = journey([
  ...["sent", "clientDone", "batchClosed", "requestSent", "brokerReceived", "appended", "acknowledged"],
  ...["fetched", "takenUp", "finished", "committed"],
]);

let pool: RunPool;
beforeAll(async () => {
  pool = await RunPool.start();
});
afterAll(() => pool.stop());

type Runs = Awaited<ReturnType<RunPool["measure"]>>;

/** The mean wait and the share of messages that waited are those of the closed form. */
function expectWaits(runs: Runs, station: (typeof stations)[number]): void {
  expectMean(
    runs.map(({ wait }) => wait),
    meanWaitMs(station),
  );
  expectMean(
    runs.map(({ shareThatWaited }) => shareThatWaited),
    probabilityOfWaiting(station),
    halfWidthMax.share,
  );
}

describe.each(stations)("$name", { timeout: 3_600_000 }, (station) => {
  it("waits as theory says in a queue with competing consumers", async () => {
    const runs = await pool.measure(queueFile(station), seeds);
    for (const { journeys } of runs) expect(journeys).toEqual([throughQueue]);
    expectWaits(runs, station);
    expectMean(
      runs.map(({ queue }) => queue),
      meanQueue(station),
    );
  });

  it("waits as theory says in a partition with a concurrent reader", async () => {
    const runs = await pool.measure(logFile(station), seeds);
    for (const { journeys } of runs) expect(journeys).toEqual([throughLog]);
    expectWaits(runs, station);
  });
});

it(
  "four partitions wait as four stations, one queue with four consumers as one",
  { timeout: 3_600_000 },
  async () => {
    const four = stations.find(({ servers }) => servers === 4)!;
    const one = { ...four, servers: 1, rate: four.rate / 4 };
    expect([one, four].map((each) => Math.round(meanWaitMs(each)))).toEqual([900, 197]);
    const runs = await pool.measure(partitionsFile(four), seeds);
    expectMean(
      runs.map(({ wait }) => wait),
      meanWaitMs(one),
    );
  },
);
