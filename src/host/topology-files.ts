import { workspace, type CancellationToken, type TextDocument } from "vscode";
import type { Answer, Checked, Details, Question, Read } from "../protocol/language.ts";
import type { Outcome } from "../report/outcome.ts";
import type { Language } from "./language.ts";
import { isTopologyFile } from "./recognition.ts";

export interface CheckedVersion extends Checked {
  readonly version: number;
}

/** What the open topology files say: asked of the language worker, once for each version of their text. */
export class TopologyFiles {
  private readonly language: Language;
  private readonly checks = new WeakMap<TextDocument, CheckedVersion>();
  private readonly underWay = new WeakMap<
    TextDocument,
    { version: number; check: Promise<CheckedVersion | undefined> }
  >();

  constructor(language: Language) {
    this.language = language;
  }

  /** Undefined when the text changed before it was checked. */
  check(document: TextDocument): Promise<CheckedVersion | undefined> {
    const { version } = document;
    const known = this.checks.get(document);
    if (known?.version === version) return Promise.resolve(known);
    const asked = this.underWay.get(document);
    if (asked?.version === version) return asked.check;
    const check = this.askForCheck(document, version).finally(() => {
      if (this.underWay.get(document)?.check === check) this.underWay.delete(document);
    });
    this.underWay.set(document, { version, check });
    return check;
  }

  /** The last check, which may be of an older text. */
  lastCheck(document: TextDocument): CheckedVersion | undefined {
    return this.checks.get(document);
  }

  /** The text as it is now, and what it says; undefined when the file was closed meanwhile. */
  async read(document: TextDocument): Promise<(Read & { readonly text: string }) | undefined> {
    while (!document.isClosed) {
      const text = document.getText();
      const read = await this.language.ask("read", document, undefined);
      if (read !== undefined) return { ...read, text };
    }
    return undefined;
  }

  /** What the language worker answers about a topology file; undefined for any other file, and when the text has changed. */
  async ask<Asked extends Question>(
    question: Asked,
    document: TextDocument,
    details: Details<Asked>,
    token?: CancellationToken,
  ): Promise<Answer<Asked> | undefined> {
    return isTopologyFile(document) ? this.language.ask(question, document, details, token) : undefined;
  }

  private async askForCheck(document: TextDocument, version: number): Promise<CheckedVersion | undefined> {
    const checked = await this.language.ask("check", document, undefined);
    if (checked === undefined) return undefined;
    const dated = { ...checked, version };
    this.checks.set(document, dated);
    return dated;
  }
}

export function openDocument(uri: string): TextDocument | undefined {
  return workspace.textDocuments.find((document) => document.uri.toString() === uri);
}

/** Whether an open file says something else than what was run. */
export function isStale({ uri, text }: Pick<Outcome, "uri" | "text">): boolean {
  const document = openDocument(uri);
  return document !== undefined && document.getText() !== text;
}
