import type { Content } from "./content.ts";
import { CopyState, type Copies } from "./copies.ts";
import type { ExchangeSettings } from "./exchange.ts";

export interface Kept {
  readonly content: Content;
  readonly columns: readonly number[];
}

const lengthDefault = 20;

/** What an `x-recent-history` exchange has kept for whoever is bound later: its last messages, oldest first. */
export class RecentHistory {
  readonly messages: Kept[] = [];
  private readonly length: number;

  constructor({ arguments: args }: ExchangeSettings) {
    const length = args?.get("x-recent-history-length");
    this.length = typeof length === "number" ? length : lengthDefault;
  }

  keep({ messages }: Copies, message: number, content: Content): void {
    const { sentAt, id, key, bytes, routing, source } = messages;
    this.take({
      content,
      columns: [sentAt, id, key, bytes, routing, source].map((of) => of[message]!),
    });
  }

  take(kept: Kept): void {
    this.messages.push(kept);
    if (this.messages.length > this.length) this.messages.shift();
  }

  /** Another copy of a message that was kept. */
  again(copies: Copies, { content, columns }: Kept): number {
    const { messages } = copies;
    const message = messages.allocate();
    const { sentAt, id, key, bytes, routing, source } = messages;
    for (const [at, column] of [sentAt, id, key, bytes, routing, source].entries())
      column[message] = columns[at]!;
    copies.enter(message, CopyState.arriving);
    copies.contents.set(message, content);
    return message;
  }
}
