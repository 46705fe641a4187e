import type { CST } from "yaml";

interface Node {
  readonly start: number;
  /** Behind the last character of the value: a block of lines ends with its last value, not with the comments behind it. */
  readonly end: number;
  /** Behind the space, comment and line end that follow. */
  readonly behind: number;
  readonly anchor?: string | undefined;
}

export interface ScalarNode extends Node {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  /** As written, without quotes, with its lines folded. */
  readonly source: string;
}

export interface AliasNode extends Node {
  readonly kind: "alias";
  readonly name: string;
}

export interface Pair {
  readonly key: YamlNode;
  readonly value: YamlNode | undefined;
}

export interface MapNode extends Node {
  readonly kind: "map";
  readonly pairs: readonly Pair[];
}

export interface ListNode extends Node {
  readonly kind: "list";
  readonly items: readonly YamlNode[];
}

/** What a YAML text holds, before aliases are put in their place. */
export type YamlNode = ScalarNode | AliasNode | MapNode | ListNode;

/** Names of the errors of YAML, as the library's own composer gives them. */
export type YamlErrorCode =
  | "BAD_ALIAS"
  | "BAD_DIRECTIVE"
  | "BAD_DQ_ESCAPE"
  | "BAD_INDENT"
  | "BAD_PROP_ORDER"
  | "BAD_SCALAR_START"
  | "BLOCK_AS_IMPLICIT_KEY"
  | "BLOCK_IN_FLOW"
  | "KEY_OVER_1024_CHARS"
  | "MISSING_CHAR"
  | "MULTILINE_IMPLICIT_KEY"
  | "MULTIPLE_PROPS"
  | "TAB_AS_INDENT"
  | "TAG_RESOLVE_FAILED"
  | "UNEXPECTED_TOKEN";

export interface YamlError {
  readonly code: YamlErrorCode;
  readonly start: number;
  readonly end: number;
  /** The text was read as it was meant all the same. */
  readonly harmless: boolean;
}

/** A character, or everything that a token or node covers. */
export type ErrorPlace = number | CST.Token | YamlNode;

export type Report = (code: YamlErrorCode, place: ErrorPlace) => void;
