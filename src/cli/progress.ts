import type { Repeats, Result } from "../core/run.ts";

/** Milliseconds between two lines of progress. */
const interval = 500;
/** Events between two looks at the clock. */
const slice = 200_000;

/** How far a run is: one line that is written over on a terminal, a line now and then elsewhere. */
export class Progress {
  private readonly out: NodeJS.WriteStream;
  private next = performance.now() + interval;
  private shown = false;

  constructor(out: NodeJS.WriteStream) {
    this.out = out;
  }

  show(share: number, nowMs: number, events: number, before = ""): void {
    const now = performance.now();
    if (now < this.next) return;
    // Logs of a build get fewer lines.
    this.next = now + interval * (this.out.isTTY ? 1 : 10);
    const done = share > 0 ? `${Math.floor(share * 100)}%, ` : "";
    const line = `${before}${done}${(nowMs / 1000).toFixed(1)} s simulated, ${events} events`;
    this.out.write(this.out.isTTY ? `\r${line}\u001b[K` : `${line}\n`);
    this.shown = true;
  }

  end(): void {
    if (this.shown && this.out.isTTY) this.out.write("\r\u001b[K");
  }
}

/** Runs to the end, and tells on standard error how far it is; `before` begins each of these lines. */
export async function run(simulation: Repeats, before = ""): Promise<Result> {
  const progress = new Progress(process.stderr);
  while (!simulation.advance(slice)) {
    progress.show(simulation.share, simulation.nowMs, simulation.events, before);
    // Lets a signal or a closed pipe end the process.
    await new Promise((resolve) => setImmediate(resolve));
  }
  progress.end();
  return simulation.result();
}
