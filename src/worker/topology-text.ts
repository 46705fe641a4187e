import { check, parse, type Parsed, type Problem } from "../core/language.ts";

/** One version of a file's text; what it says is read when first asked for, and once. */
export class TopologyText {
  readonly version: number;
  readonly text: string;
  private read: Parsed | undefined;
  private checked: readonly Problem[] | undefined;

  constructor(version: number, text: string) {
    this.version = version;
    this.text = text;
  }

  get parsed(): Parsed {
    return (this.read ??= parse(this.text));
  }

  get problems(): readonly Problem[] {
    return (this.checked ??= check({ text: this.text, parsed: this.parsed }));
  }
}
