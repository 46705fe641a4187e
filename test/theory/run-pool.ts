import { once } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { buildFolder, inProject } from "../../scripts/paths.mjs";
import type { Measures } from "./station-runs.ts";

/** A worker for each core. What a run gives depends on its file and seed alone, whichever worker has it. */
export class RunPool {
  private readonly workers: readonly Worker[];

  private constructor(file: string) {
    this.workers = Array.from({ length: availableParallelism() }, () => new Worker(file));
  }

  /** The engine runs bundled, as it ships. */
  static async start(): Promise<RunPool> {
    const outfile = join(buildFolder, "theory", "station-worker.mjs");
    await build({
      entryPoints: [inProject("test/theory/station-worker.ts")],
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      alias: { yaml: inProject("node_modules/yaml/browser/dist/index.js") },
      logLevel: "warning",
    });
    return new RunPool(outfile);
  }

  async measure(text: string, seeds: readonly number[]): Promise<readonly Measures[]> {
    const measures: Measures[] = [];
    const left = [...seeds.entries()];
    const work = async (worker: Worker) => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const [at, seed] = next;
        const answer = once(worker, "message");
        worker.postMessage({ text, seed });
        measures[at] = ((await answer) as [Measures])[0];
      }
    };
    await Promise.all(this.workers.map(work));
    return measures;
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}
