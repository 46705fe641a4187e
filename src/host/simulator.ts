import { l10n, type Uri } from "vscode";
import type { Topology } from "../core/index.ts";
import type { FromWorker, ToWorker } from "../protocol/run.ts";
import type { StartWorker, WorkerLink } from "./worker-link.ts";

export type Progress = Extract<FromWorker, { type: "progress" }>;
export type Ending = Extract<FromWorker, { type: "done" | "cancelled" | "failed" }>;

interface Running {
  readonly run: number;
  readonly progress: (progress: Progress) => void;
  readonly end: (ending: Ending) => void;
}

/** A worker that does not answer a cancel within this time is ended. */
const cancelGraceMs = 2_000;

/** Runs topologies in one worker, which starts with the first run and stays; a newer run cancels the one under way. */
export class Simulator {
  private readonly extension: Uri;
  private readonly startWorker: StartWorker<ToWorker, FromWorker>;
  private link: Promise<WorkerLink<ToWorker>> | undefined;
  private running: Running | undefined;
  private runs = 0;

  constructor(extension: Uri, startWorker: StartWorker<ToWorker, FromWorker>) {
    this.extension = extension;
    this.startWorker = startWorker;
  }

  async run(topology: Topology, progress: (progress: Progress) => void): Promise<Ending> {
    this.cancel();
    const run = ++this.runs;
    const ended = new Promise<Ending>((resolve) => {
      const overtaken = this.running;
      overtaken?.end({ type: "cancelled", run: overtaken.run, events: 0, pollsMissed: 0 });
      this.running = { run, progress, end: resolve };
    });
    try {
      const link = await (this.link ??= this.start());
      if (this.running?.run === run) link.post({ type: "run", run, topology, seed: undefined });
    } catch (error) {
      this.crashed(error instanceof Error ? error.message : String(error));
    }
    return ended;
  }

  get busy(): boolean {
    return this.running !== undefined;
  }

  cancel(): void {
    const running = this.running;
    if (running === undefined) return;
    const { run } = running;
    void this.link?.then((link) => link.post({ type: "cancel", run }));
    setTimeout(() => {
      if (this.running?.run !== run) return;
      this.endWorker();
      this.finish({ type: "cancelled", run, events: 0, pollsMissed: 0 });
    }, cancelGraceMs);
  }

  dispose(): void {
    this.endWorker();
  }

  private start(): Promise<WorkerLink<ToWorker>> {
    const link: Promise<WorkerLink<ToWorker>> = this.startWorker(this.extension, {
      message: (message) => this.heard(message),
      crash: (reason) => {
        if (this.link === link) this.crashed(reason);
      },
    });
    return link;
  }

  private heard(message: FromWorker): void {
    if (message.type !== "progress") this.finish(message);
    else if (this.running?.run === message.run) this.running.progress(message);
  }

  private crashed(reason: string): void {
    this.link = undefined;
    if (this.running === undefined) return;
    const message = l10n.t("The simulation's worker stopped: {0}. The next run starts a new one.", reason);
    this.finish({ type: "failed", run: this.running.run, message });
  }

  private finish(ending: Ending): void {
    if (this.running?.run !== ending.run) return;
    const { end } = this.running;
    this.running = undefined;
    end(ending);
  }

  private endWorker(): void {
    const link = this.link;
    this.link = undefined;
    void link?.then((worker) => worker.end());
  }
}
