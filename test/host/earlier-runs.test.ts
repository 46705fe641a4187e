import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Uri } from "vscode";
import { parse } from "../../src/core/index.ts";
import { simulate } from "../../src/core/run.ts";
import { Drawings } from "../../src/host/drawings.ts";
import { EarlierRuns } from "../../src/host/earlier-runs.ts";
import { Language } from "../../src/host/language.ts";
import { ResultsPanel } from "../../src/host/results-panel.ts";
import { RunComparisons } from "../../src/host/run-comparisons.ts";
import { Simulator } from "../../src/host/simulator.ts";
import { nodeWorkers } from "../../src/host/worker-thread.ts";
import { extension, thumbnails } from "./editor.ts";

const uri = "file:///brought-back.topology.yaml";
const result = simulate(parse(thumbnails).topology);
/** It goes on until somebody cancels it. */
const endless = thumbnails.replace("duration: 10s", "duration: 100000h");
const unknown = thumbnails.replace("run:", "walk:");

describe("an earlier run that is brought back", () => {
  const here = extension().extensionUri;
  const simulator = new Simulator(here, nodeWorkers.engine);
  const language = new Language(here, nodeWorkers.language, assert.fail);
  const drawings = new Drawings(here, nodeWorkers.layout);
  const panel = new ResultsPanel(here, drawings, () => undefined);
  const ids = new Map<string, number>();
  let folder: string;
  let comparisons: RunComparisons;
  let runs: EarlierRuns;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "brokerlab-earlier-"));
    comparisons = new RunComparisons(Uri.file(folder), language, panel);
    runs = new EarlierRuns(comparisons, simulator, panel);
    for (const text of [thumbnails, endless, unknown]) {
      await comparisons.keep({ uri, text, wallMs: 3, result });
      ids.set(text, (await comparisons.newest(uri))!);
    }
  });
  after(async () => {
    for (const part of [simulator, language, drawings, panel, comparisons]) part.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const bringBack = (text: string, progress: () => void = () => undefined) =>
    runs.bringBack(uri, ids.get(text)!, () => ({ progress, ended: () => undefined }));

  it("is of the text that was kept, and comes to the same figures", async () => {
    const run = await bringBack(thumbnails);
    assert.ok(run !== undefined);
    assert.equal(run.same, true);
    assert.equal(run.outcome.text, thumbnails);
    assert.deepEqual(run.outcome.result.summary, result.summary);
  });

  it("is cancelled by whatever else is asked for, and shows nothing", async () => {
    assert.equal(await bringBack(endless, () => runs.forget()), undefined);
    assert.ok(!simulator.busy);
    const first = bringBack(endless, () => void (second ??= bringBack(thumbnails)));
    let second: ReturnType<typeof bringBack> | undefined;
    assert.equal(await first, undefined);
    const { same } = (await second)!;
    assert.equal(same, true);
  });

  it("tells where it comes to other figures than those kept", async () => {
    const text = thumbnails.replace("seed: 3", "seed: 4");
    await comparisons.keep({ uri, text, wallMs: 3, result });
    ids.set(text, (await comparisons.newest(uri))!);
    assert.equal((await bringBack(text))?.same, false);
  });

  it("is not run where its text says what this version does not know, or where it is not kept", async () => {
    assert.equal(await bringBack(unknown), undefined);
    assert.equal(await bringBack("never run"), undefined);
    assert.ok(!simulator.busy);
  });
});
