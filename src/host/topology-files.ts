import { workspace, type TextDocument } from "vscode";
import { check, parse, type Problem, type Topology } from "../core/index.ts";

export interface Reading {
  readonly version: number;
  readonly topology: Topology;
  readonly problems: readonly Problem[];
}

/** What the open topology files say, read once for each version of their text. */
export class TopologyFiles {
  private readonly readings = new WeakMap<TextDocument, Reading>();

  read(document: TextDocument): Reading {
    const known = this.readings.get(document);
    if (known?.version === document.version) return known;
    const text = document.getText();
    const parsed = parse(text);
    const reading = {
      version: document.version,
      topology: parsed.topology,
      problems: check({ text, parsed }),
    };
    this.readings.set(document, reading);
    return reading;
  }

  /** The last reading, which may be of an older text. */
  lastRead(document: TextDocument): Reading | undefined {
    return this.readings.get(document);
  }
}

export function openDocument(uri: string): TextDocument | undefined {
  return workspace.textDocuments.find((document) => document.uri.toString() === uri);
}
