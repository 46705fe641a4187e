import type { CST } from "yaml";
import type { Report } from "./yaml-node.ts";

export interface Surroundings {
  readonly flow: boolean;
  readonly indicator: CST.SourceToken["type"];
  readonly next: CST.Token | null | undefined;
  readonly offset: number;
  readonly indent: number;
  readonly startsLine: boolean;
}

/** What stands before a key or value: space, comments, an indicator, an anchor, a tag. */
export interface Props {
  readonly found: CST.SourceToken | undefined;
  readonly comma: CST.SourceToken | undefined;
  readonly anchor: CST.SourceToken | undefined;
  readonly tag: CST.SourceToken | undefined;
  readonly comments: number;
  readonly hasNewline: boolean;
  /** The last line end behind an anchor or tag. */
  readonly newlineBehind: CST.SourceToken | undefined;
  /** Of the anchor or tag, where there is one. */
  readonly start: number;
  readonly end: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export function readProps(tokens: readonly CST.SourceToken[], around: Surroundings, report: Report): Props {
  const last = tokens.at(-1);
  const end = last === undefined ? around.offset : last.offset + last.source.length;
  const props: Writable<Props> = {
    found: undefined,
    comma: undefined,
    anchor: undefined,
    tag: undefined,
    comments: 0,
    hasNewline: false,
    newlineBehind: undefined,
    start: end,
    end,
  };
  let lineStart = around.startsLine;
  let separated = around.startsLine;
  let glued = false;
  let tab: CST.SourceToken | undefined;
  for (const token of tokens) {
    const { type } = token;
    if (glued && type !== "space" && type !== "newline" && type !== "comma")
      report("MISSING_CHAR", token.offset);
    glued = false;
    if (tab !== undefined && lineStart && type !== "comment" && type !== "newline")
      report("TAB_AS_INDENT", tab);
    tab = undefined;
    if (type === "space") {
      const bracket = around.indicator === "doc-start" && around.next?.type === "flow-collection";
      if (!around.flow && !bracket && token.source.includes("\t")) tab = token;
      separated = true;
      continue;
    }
    if (type === "newline") {
      lineStart = true;
      separated = true;
      props.hasNewline = true;
      if (props.anchor !== undefined || props.tag !== undefined) props.newlineBehind = token;
      continue;
    }
    if (type === "comment") {
      if (!separated) report("MISSING_CHAR", token);
      props.comments++;
      lineStart = false;
      continue;
    }
    lineStart = false;
    separated = false;
    if (type === "anchor" || type === "tag") {
      if (props[type] !== undefined) report("MULTIPLE_PROPS", token);
      if (type === "anchor" && token.source.endsWith(":"))
        report("BAD_ALIAS", token.offset + token.source.length - 1);
      if (props.anchor === undefined && props.tag === undefined) props.start = token.offset;
      props[type] = token;
      glued = true;
    } else if (type === around.indicator) {
      if (props.anchor !== undefined || props.tag !== undefined) report("BAD_PROP_ORDER", token);
      if (props.found !== undefined) report("UNEXPECTED_TOKEN", token);
      props.found = token;
      lineStart = type === "seq-item-ind" || type === "explicit-key-ind";
    } else if (type === "comma" && around.flow) {
      if (props.comma !== undefined) report("UNEXPECTED_TOKEN", token);
      props.comma = token;
    } else report("UNEXPECTED_TOKEN", token);
  }
  const { next } = around;
  if (glued && next && !isGap(next)) report("MISSING_CHAR", next.offset);
  if (
    tab !== undefined &&
    ((lineStart && tabIndent(tab) <= around.indent) ||
      next?.type === "block-map" ||
      next?.type === "block-seq")
  )
    report("TAB_AS_INDENT", tab);
  return props;
}

function tabIndent(token: CST.SourceToken): number {
  return token.indent;
}

function isGap(token: CST.Token): boolean {
  return (
    token.type === "space" ||
    token.type === "newline" ||
    token.type === "comma" ||
    (token.type === "scalar" && token.source === "")
  );
}
