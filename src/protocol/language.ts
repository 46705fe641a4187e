import type {
  CodeLink,
  ComparedRun,
  Comparison,
  Completion,
  Definitions,
  Edit,
  Fold,
  Graph,
  Hint,
  Hover,
  Mention,
  OutlineItem,
  Problem,
  Renamable,
  RenameAnswer,
  ResultPlaces,
  Span,
  Thing,
  Topology,
  Tree,
} from "../core/index.ts";

/** What is asked about the text of one topology file, and what the language worker answers. */
export interface Questions {
  readonly check: { readonly details: undefined; readonly answer: Checked };
  readonly read: { readonly details: undefined; readonly answer: Read };
  readonly complete: { readonly details: Cursor; readonly answer: Completion | undefined };
  readonly hints: { readonly details: undefined; readonly answer: readonly Hint[] };
  readonly hover: { readonly details: Cursor; readonly answer: Hover | undefined };
  readonly definitions: { readonly details: Cursor; readonly answer: Definitions | undefined };
  readonly mentions: { readonly details: Cursor; readonly answer: readonly Mention[] };
  readonly renamable: { readonly details: Cursor; readonly answer: Renamable | undefined };
  readonly rename: {
    readonly details: Cursor & { readonly name: string };
    readonly answer: RenameAnswer;
  };
  readonly folds: { readonly details: undefined; readonly answer: readonly Fold[] };
  /** For each place what a growing selection takes in, the smallest first. */
  readonly selections: {
    readonly details: { readonly offsets: readonly number[] };
    readonly answer: readonly (readonly Span[])[];
  };
  readonly codeLinks: { readonly details: undefined; readonly answer: readonly CodeLink[] };
  /** What all safe mends together change, without those of the codes that are off; undefined for nothing. */
  readonly fixAll: {
    readonly details: { readonly off: readonly string[] };
    readonly answer: Edit | undefined;
  };
  /** Undefined where the file is not to be touched. */
  readonly format: { readonly details: undefined; readonly answer: string | undefined };
  /** What is connected to what, before any run. */
  readonly graph: { readonly details: undefined; readonly answer: Graph };
  /** The node of the graph that the cursor is about, by its id. */
  readonly thing: { readonly details: Cursor; readonly answer: string | undefined };
  readonly resultPlaces: {
    readonly details: { readonly things: readonly Thing[] };
    readonly answer: ResultPlaces;
  };
  /** What two runs of the file differ in. */
  readonly compare: {
    readonly details: { readonly before: ComparedRun; readonly after: ComparedRun };
    readonly answer: Comparison;
  };
  /** What the file says, and how it is written; undefined without a tree. */
  readonly written: { readonly details: undefined; readonly answer: WrittenFile | undefined };
  readonly outline: { readonly details: undefined; readonly answer: readonly OutlineItem[] };
}

/** A place between two characters of the text. */
export interface Cursor {
  readonly offset: number;
}

export type Question = keyof Questions;
export type Details<Asked extends Question> = Questions[Asked]["details"];
export type Answer<Asked extends Question> = Questions[Asked]["answer"];

/** What is wrong in a file, in the order of the text, and the seed of its runs. */
export interface Checked {
  readonly problems: readonly Problem[];
  readonly seed: number;
}

/** The file as it would run. */
export interface Read {
  /** What keeps it from running. */
  readonly errors: readonly Problem[];
  readonly topology: Topology;
  /** The same for texts that run alike. */
  readonly meaning: string;
}

export interface WrittenFile {
  readonly topology: Topology;
  readonly tree: Tree;
}

/** A question names the version of the text that it is meant for; about any other text it is stale. */
export interface Ask<Asked extends Question = Question> {
  readonly type: "ask";
  readonly ask: number;
  readonly uri: string;
  readonly version: number;
  readonly question: Asked;
  readonly details: Details<Asked>;
}

/** Host to language worker. */
export type ToLanguage =
  | { readonly type: "text"; readonly uri: string; readonly version: number; readonly text: string }
  | { readonly type: "close"; readonly uri: string }
  | Ask
  /** Nobody waits for this answer any more. */
  | { readonly type: "forget"; readonly ask: number };

/** Language worker to host: one answer for each question that was not forgotten before its turn. */
export type FromLanguage =
  | { readonly type: "answer"; readonly ask: number; readonly answer: Answer<Question> }
  | { readonly type: "stale"; readonly ask: number }
  | { readonly type: "failed"; readonly ask: number; readonly message: string };
