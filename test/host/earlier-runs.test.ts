import assert from "node:assert/strict";
import { parse } from "../../src/core/index.ts";
import { simulate } from "../../src/core/run.ts";
import { EarlierRuns, type EarlierRun } from "../../src/host/earlier-runs.ts";
import type { ResultsPanel } from "../../src/host/results-panel.ts";
import type { RunComparisons } from "../../src/host/run-comparisons.ts";
import type { KeptRun } from "../../src/host/run-history.ts";
import type { Ending, Simulator } from "../../src/host/simulator.ts";
import { thumbnails } from "./editor.ts";

const uri = "file:///kept.topology.yaml";
const { topology } = parse(thumbnails);
const result = simulate(topology);
const { summary, findings } = result;
const kept: KeptRun = { id: 2, at: 7, text: thumbnails, summary, findings };
const done: Ending = { type: "done", run: 1, wallMs: 3, result };

interface Around {
  readonly kept?: KeptRun | undefined;
  readonly errors?: readonly { readonly message: string }[];
  readonly ending?: Ending;
  /** Happens while the run goes on. */
  readonly meanwhile?: (runs: EarlierRuns) => void;
}

/** What comes of a run that is asked for, and what its surroundings were told. */
async function ask(around: Around): Promise<{ readonly run: EarlierRun | undefined; readonly told: string }> {
  const told: string[] = [];
  const comparisons = {
    find: async () => ("kept" in around ? around.kept : kept),
    read: async () => ({ topology, errors: around.errors ?? [], text: thumbnails, meaning: "same" }),
    tell: async () => told.push("list"),
  };
  const simulator = {
    busy: false,
    run: async () => {
      told.push("run");
      around.meanwhile?.(runs);
      return around.ending ?? done;
    },
  };
  const panel = { endProgress: () => told.push("progress ends") };
  const runs = new EarlierRuns(
    comparisons as unknown as RunComparisons,
    simulator as unknown as Simulator,
    panel as unknown as ResultsPanel,
  );
  const run = await runs.bringBack(uri, 2, () => ({ progress: () => {}, ended: () => {} }));
  return { run, told: told.join(", ") };
}

describe("an earlier run that is brought back", () => {
  it("is of the text that was kept, and comes to the same figures", async () => {
    const { run, told } = await ask({});
    assert.deepEqual(
      { ...run, outcome: { ...run!.outcome, result: undefined } },
      {
        id: 2,
        at: 7,
        same: true,
        outcome: { uri, text: thumbnails, meaning: "same", wallMs: 3, result: undefined },
      },
    );
    assert.equal(told, "run");
  });

  it("tells where it comes to others", async () => {
    const { run } = await ask({ kept: { ...kept, summary: { ...summary, seed: 99 } } });
    assert.equal(run!.same, false);
  });

  it("gives way to what is asked for while it goes on, and to who cancels it: the page shows what it had", async () => {
    for (const around of [
      { meanwhile: (runs: EarlierRuns) => runs.forget() },
      { ending: { type: "cancelled", run: 1, events: 0, pollsMissed: 0 } as const },
      { ending: { type: "failed", run: 1, message: "broken" } as const },
    ])
      assert.deepEqual(await ask(around), { run: undefined, told: "run, progress ends" });
  });

  it("is not run where its text says what this version does not know, or where it is not kept any more", async () => {
    assert.deepEqual(await ask({ errors: [{ message: "no such key" }] }), { run: undefined, told: "" });
    assert.deepEqual(await ask({ kept: undefined }), { run: undefined, told: "list" });
  });
});
