import { l10n, type CancellationToken, type Disposable, type TextDocument, type Uri } from "vscode";
import type { Answer, Ask, Details, FromLanguage, Question, ToLanguage } from "../protocol/language.ts";
import type { StartWorker, WorkerLink } from "./worker-link.ts";

/** What we use of a `TextDocument`. */
export type TextSource = Pick<TextDocument, "uri" | "version" | "getText">;

interface Pending {
  readonly ask: Ask;
  readonly document: TextSource;
  readonly settle: (answer: Answer<Question> | undefined) => void;
  readonly fail: (reason: Error) => void;
}

/** In milliseconds. */
const defaultPatience = {
  /** A worker that answers nothing for so long hangs, and is ended. */
  answer: 30_000,
  /** A worker that is asked nothing for so long is ended; the next question starts one. */
  idle: 300_000,
};

/**
 * Asks the language worker about the open files. The worker starts with the first question and ends when the last file
 * closes. One that crashes is started once more with the questions that wait; when it crashes again without an answer,
 * they fail, and nothing is asked until `startAgain`.
 */
export class Language implements Disposable {
  private readonly extension: Uri;
  private readonly startWorker: StartWorker<ToLanguage, FromLanguage>;
  private readonly stopped: (reason: string) => void;
  private readonly patience: typeof defaultPatience;
  private link: Promise<WorkerLink<ToLanguage>> | undefined;
  /** The version of each file that the worker has. */
  private readonly sent = new Map<string, number>();
  private readonly pending = new Map<number, Pending>();
  /** The files that something was asked about. */
  private readonly open = new Set<string>();
  private asks = 0;
  private crashes = 0;
  private trouble: string | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    extension: Uri,
    startWorker: StartWorker<ToLanguage, FromLanguage>,
    stopped: (reason: string) => void,
    patience = defaultPatience,
  ) {
    this.extension = extension;
    this.startWorker = startWorker;
    this.stopped = stopped;
    this.patience = patience;
  }

  /** Undefined when the text has changed, the file was closed or `token` was cancelled before the answer. */
  async ask<Asked extends Question>(
    question: Asked,
    document: TextSource,
    details: Details<Asked>,
    token?: CancellationToken,
  ): Promise<Answer<Asked> | undefined> {
    if (this.trouble !== undefined) throw new Error(this.trouble);
    const number = ++this.asks;
    const uri = document.uri.toString();
    this.open.add(uri);
    const ask = {
      type: "ask",
      ask: number,
      uri,
      version: document.version,
      question,
      details,
    } as const;
    const cancelled = token?.onCancellationRequested(() => this.forget(number));
    try {
      return await new Promise<Answer<Asked> | undefined>((resolve, reject) => {
        const settle = resolve as Pending["settle"];
        const pending: Pending = { ask, document, settle, fail: reject };
        this.pending.set(number, pending);
        if (this.pending.size === 1) this.watch();
        void this.post(pending);
      });
    } finally {
      cancelled?.dispose();
    }
  }

  close({ uri }: TextSource): void {
    const closed = uri.toString();
    if (!this.open.delete(closed)) return;
    for (const { ask } of this.pending.values()) if (ask.uri === closed) this.forget(ask.ask);
    if (this.sent.delete(closed))
      void this.link?.then((link) => link.post({ type: "close", uri: closed })).catch(() => undefined);
    if (this.open.size > 0) return;
    this.endWorker();
    this.startAgain();
  }

  startAgain(): void {
    this.trouble = undefined;
    this.crashes = 0;
  }

  dispose(): void {
    for (const { ask } of this.pending.values()) this.forget(ask.ask);
    this.endWorker();
    this.trouble = l10n.t("The extension has been switched off.");
  }

  private async post(pending: Pending): Promise<void> {
    const { ask, document } = pending;
    const asked = (this.link ??= this.start());
    let link: WorkerLink<ToLanguage>;
    try {
      link = await asked;
    } catch (error) {
      if (this.link === asked) this.crashed(error instanceof Error ? error.message : String(error));
      return;
    }
    if (this.link !== asked || !this.pending.has(ask.ask)) return;
    if (document.version !== ask.version) {
      this.forget(ask.ask);
      return;
    }
    if (this.sent.get(ask.uri) !== ask.version) {
      this.sent.set(ask.uri, ask.version);
      link.post({ type: "text", uri: ask.uri, version: ask.version, text: document.getText() });
    }
    link.post(ask);
  }

  private start(): Promise<WorkerLink<ToLanguage>> {
    const link: Promise<WorkerLink<ToLanguage>> = this.startWorker(this.extension, {
      message: (message) => {
        if (this.link === link) this.heard(message);
      },
      crash: (reason) => {
        if (this.link === link) this.crashed(reason);
      },
    });
    return link;
  }

  private heard(message: FromLanguage): void {
    this.crashes = 0;
    const pending = this.pending.get(message.ask);
    this.pending.delete(message.ask);
    if (message.type === "failed") pending?.fail(new Error(message.message));
    else pending?.settle(message.type === "answer" ? message.answer : undefined);
    this.watch();
  }

  private forget(ask: number): void {
    const pending = this.pending.get(ask);
    if (pending === undefined) return;
    this.pending.delete(ask);
    if (this.pending.size === 0) this.watch();
    void this.link?.then((link) => link.post({ type: "forget", ask })).catch(() => undefined);
    pending.settle(undefined);
  }

  private crashed(reason: string): void {
    this.link = undefined;
    this.sent.clear();
    if (++this.crashes === 1) {
      for (const pending of this.pending.values()) void this.post(pending);
      this.watch();
      return;
    }
    this.trouble = l10n.t("The language worker, which checks topology files, stopped twice: {0}.", reason);
    const waiting = [...this.pending.values()];
    this.pending.clear();
    this.watch();
    for (const { fail } of waiting) fail(new Error(this.trouble));
    this.stopped(this.trouble);
  }

  /** While a question waits, the worker must answer something; while none does, it is kept for a time. */
  private watch(): void {
    clearTimeout(this.timer);
    if (this.link === undefined && this.pending.size === 0) return;
    const busy = this.pending.size > 0;
    this.timer = setTimeout(
      () => {
        const hanging = this.endWorker();
        if (busy && hanging)
          this.crashed(l10n.t("it gave no answer for {0} seconds", Math.round(this.patience.answer / 1000)));
      },
      busy ? this.patience.answer : this.patience.idle,
    );
  }

  private endWorker(): boolean {
    clearTimeout(this.timer);
    const link = this.link;
    this.link = undefined;
    this.sent.clear();
    void link?.then((worker) => worker.end()).catch(() => undefined);
    return link !== undefined;
  }
}
