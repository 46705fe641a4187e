import type { Answer, Ask, Details, FromLanguage, Question, ToLanguage } from "../protocol/language.ts";
import { languageAnswers } from "./language-answers.ts";
import { TopologyText } from "./topology-text.ts";

/** What a session asks of the thread that it runs in. */
export interface LanguageThread {
  readonly post: (message: FromLanguage) => void;
  /** Resolves in a later macrotask, after the messages that are waiting have been received. */
  readonly breathe: () => Promise<void>;
}

/** What an editor asks by itself after each edit, to draw it beside the text: nobody waits for it. */
const besides: ReadonlySet<Question> = new Set(["hints", "folds", "outline", "codeLinks"]);

/** The lowest goes first. */
function rank({ question }: Ask): number {
  return question === "check" ? 1 : besides.has(question) ? 2 : 0;
}

/**
 * Answers one question after another. Between two of them it receives what has come in meanwhile, so that a question
 * about a text that is no longer the newest costs nothing, and what a person waits for goes before a check, and a check
 * before what is drawn beside the text.
 */
export class LanguageSession {
  private readonly thread: LanguageThread;
  private readonly files = new Map<string, TopologyText>();
  private waiting: Ask[] = [];
  private working = false;

  constructor(thread: LanguageThread) {
    this.thread = thread;
  }

  receive(message: ToLanguage): void {
    switch (message.type) {
      case "text":
        this.files.set(message.uri, new TopologyText(message.version, message.text));
        break;
      case "close":
        this.files.delete(message.uri);
        break;
      case "ask":
        this.waiting.push(message);
        if (!this.working) void this.work();
        break;
      case "forget":
        this.waiting = this.waiting.filter(({ ask }) => ask !== message.ask);
        break;
    }
  }

  private async work(): Promise<void> {
    this.working = true;
    for (;;) {
      await this.thread.breathe();
      const next = this.next();
      if (next === undefined) break;
      this.thread.post(this.answer(next));
    }
    this.working = false;
  }

  private next(): Ask | undefined {
    const first = Math.min(...this.waiting.map(rank));
    const found = this.waiting.findIndex((ask) => rank(ask) === first);
    return this.waiting.splice(Math.max(found, 0), 1)[0];
  }

  private answer<Asked extends Question>({ ask, uri, version, question, details }: Ask<Asked>): FromLanguage {
    const file = this.files.get(uri);
    if (file?.version !== version) return { type: "stale", ask };
    const answering: (file: TopologyText, details: Details<Asked>) => Answer<Asked> =
      languageAnswers[question];
    try {
      return { type: "answer", ask, answer: answering(file, details) };
    } catch (error) {
      return { type: "failed", ask, message: error instanceof Error ? error.message : String(error) };
    }
  }
}
