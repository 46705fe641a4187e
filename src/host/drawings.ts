import { l10n, type Disposable, type Uri } from "vscode";
import type { Drawing, FromLayout, Placement, ToLayout } from "../protocol/drawing.ts";
import type { StartWorker, WorkerLink } from "./worker-link.ts";

interface Waiting {
  readonly resolve: (placement: Placement) => void;
  readonly reject: (reason: Error) => void;
}

/** Has drawings laid out in a worker of their own, which starts with the first: a large one takes seconds. */
export class Drawings implements Disposable {
  private readonly extension: Uri;
  private readonly startWorker: StartWorker<ToLayout, FromLayout>;
  private readonly waiting = new Map<number, Waiting>();
  private link: Promise<WorkerLink<ToLayout>> | undefined;
  private number = 0;

  constructor(extension: Uri, startWorker: StartWorker<ToLayout, FromLayout>) {
    this.extension = extension;
    this.startWorker = startWorker;
  }

  /** Rejects when the worker stops, or cannot lay the drawing out. */
  place(drawing: Drawing): Promise<Placement> {
    const number = ++this.number;
    return new Promise((resolve, reject) => {
      this.waiting.set(number, { resolve, reject });
      const link = (this.link ??= this.start());
      link.then(
        (worker) => worker.post({ number, drawing }),
        (error: unknown) => this.crashed(error instanceof Error ? error.message : String(error)),
      );
    });
  }

  dispose(): void {
    void this.link?.then((worker) => worker.end()).catch(() => undefined);
    this.crashed(l10n.t("the extension has been switched off"));
  }

  private start(): Promise<WorkerLink<ToLayout>> {
    const link: Promise<WorkerLink<ToLayout>> = this.startWorker(this.extension, {
      message: (message) => this.heard(message),
      crash: (reason) => {
        if (this.link === link) this.crashed(reason);
      },
    });
    return link;
  }

  private heard(message: FromLayout): void {
    const waiting = this.waiting.get(message.number);
    this.waiting.delete(message.number);
    if (message.type === "placed") waiting?.resolve(message.placement);
    else waiting?.reject(new Error(message.message));
  }

  private crashed(reason: string): void {
    this.link = undefined;
    const lost = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of lost) reject(new Error(l10n.t("The layout's worker stopped: {0}.", reason)));
  }
}
