import assert from "node:assert/strict";
import * as vscode from "vscode";
import { parse, type Topology } from "../../src/core/index.ts";
import { Simulator } from "../../src/host/simulator.ts";
import type { WorkerListener } from "../../src/host/worker-link.ts";
import { nodeWorkers } from "../../src/host/worker-thread.ts";
import type { FromWorker, ToWorker } from "../../src/protocol/run.ts";
import { extension, thumbnails } from "./editor.ts";

const { topology } = parse(thumbnails);
const endless: Topology = { ...topology, run: { ...topology.run, duration: Infinity } };

/** Workers that answer only what the test makes them say. */
class Workers {
  readonly started: WorkerListener<FromWorker>[] = [];
  readonly posted: ToWorker[] = [];
  ended = 0;
  readonly start = async (_: vscode.Uri, listener: WorkerListener<FromWorker>) => {
    this.started.push(listener);
    return { post: (message: ToWorker) => void this.posted.push(message), end: () => void this.ended++ };
  };

  say(message: FromWorker): void {
    this.started.at(-1)?.message(message);
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("the simulator, with workers of paper", () => {
  const here = vscode.Uri.file("/");

  it("starts its worker with the first run, and keeps it", async () => {
    const workers = new Workers();
    const simulator = new Simulator(here, workers.start);
    assert.equal(workers.started.length, 0);
    for (const run of [1, 2]) {
      const ending = simulator.run(topology, () => undefined);
      await turn();
      assert.ok(simulator.busy);
      workers.say({ type: "failed", run, message: "for the test" });
      assert.equal((await ending).run, run);
      assert.ok(!simulator.busy);
    }
    assert.equal(workers.started.length, 1);
  });

  it("ends a run whose worker dies with the reason, and starts another worker for the next", async () => {
    const workers = new Workers();
    const simulator = new Simulator(here, workers.start);
    const ending = simulator.run(topology, () => undefined);
    await turn();
    workers.started[0]?.crash("its memory is used up");
    const { type, ...rest } = await ending;
    assert.equal(type, "failed");
    assert.match("message" in rest ? rest.message : "", /its memory is used up/);
    const next = simulator.run(topology, () => undefined);
    await turn();
    assert.equal(workers.started.length, 2);
    workers.started[0]?.crash("the end of the first worker, told late");
    assert.ok(simulator.busy);
    workers.say({ type: "cancelled", run: 2, events: 0, pollsMissed: 0 });
    assert.equal((await next).type, "cancelled");
  });

  it("ends a run whose worker cannot be started with the reason", async () => {
    const simulator = new Simulator(here, () => Promise.reject(new Error("there is no such file")));
    const ending = await simulator.run(topology, () => undefined);
    assert.equal(ending.type, "failed");
    assert.match(ending.type === "failed" ? ending.message : "", /there is no such file/);
  });

  it("lets a newer run take the place of the one under way, whose late answers are nobody's", async () => {
    const workers = new Workers();
    const simulator = new Simulator(here, workers.start);
    const shares: number[] = [];
    const first = simulator.run(topology, ({ share }) => shares.push(share));
    await turn();
    const second = simulator.run(topology, ({ share }) => shares.push(share));
    assert.equal((await first).type, "cancelled");
    await turn();
    assert.deepEqual(
      workers.posted.map(({ type, run }) => [type, run]),
      [
        ["run", 1],
        ["cancel", 1],
        ["run", 2],
      ],
    );
    workers.say({ type: "progress", run: 1, share: 0.9, simulatedMs: 9, events: 9 });
    workers.say({ type: "progress", run: 2, share: 0.1, simulatedMs: 1, events: 1 });
    workers.say({ type: "failed", run: 1, message: "late" });
    assert.deepEqual(shares, [0.1]);
    assert.ok(simulator.busy);
    workers.say({ type: "cancelled", run: 2, events: 0, pollsMissed: 0 });
    await second;
  });

  it("ends a worker that does not hear a cancel", async () => {
    const workers = new Workers();
    const simulator = new Simulator(here, workers.start);
    const ending = simulator.run(topology, () => undefined);
    await turn();
    simulator.cancel();
    assert.equal((await ending).type, "cancelled");
    assert.equal(workers.ended, 1);
  });
});

describe("the simulator, with the worker that ships", () => {
  const simulator = new Simulator(extension().extensionUri, nodeWorkers.engine);
  after(() => simulator.dispose());

  it("polls for a cancel at least every 10,000 events", async () => {
    let told = 0;
    const ending = simulator.run(endless, ({ events }) => {
      if (events <= 30_000) return;
      told = events;
      simulator.cancel();
    });
    const cancelled = await ending;
    assert.ok(cancelled.type === "cancelled");
    assert.ok(told > 0 && cancelled.events >= told);
    assert.equal(cancelled.pollsMissed, 0);
  });

  it("runs again after that, in the same worker, to a result with columns", async () => {
    const done = await simulator.run(topology, () => undefined);
    assert.ok(done.type === "done");
    assert.equal(done.result.summary.seed, 3);
    assert.ok(done.result.series.every(({ time }) => time instanceof Float64Array && time.length > 0));
  });
});
