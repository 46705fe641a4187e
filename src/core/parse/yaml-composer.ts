import type { CST } from "yaml";
import { plainValue } from "./plain-scalar.ts";
import type {
  AliasNode,
  ErrorPlace,
  ListNode,
  MapNode,
  Pair,
  ScalarNode,
  YamlError,
  YamlErrorCode,
  YamlNode,
} from "./yaml-node.ts";
import { readProps } from "./yaml-props.ts";
import type { Props, Surroundings } from "./yaml-props.ts";
import { blockText, flowText } from "./yaml-scalars.ts";

const harmless: ReadonlySet<YamlErrorCode> = new Set(["BAD_ALIAS", "BAD_DIRECTIVE", "TAG_RESOLVE_FAILED"]);

/** Tags of YAML's core schema, and how a value with one of them is read. */
const textTags: ReadonlySet<string> = new Set(["!", "!!str"]);
const valueTags: ReadonlySet<string> = new Set(["!!int", "!!float", "!!bool", "!!null"]);
const collectionTags: ReadonlySet<string> = new Set(["!", "!!map", "!!seq"]);
const keyMax = 1024;

/**
 * Makes nodes from the tokens of the library's parser. The library's own composer makes documents that can be changed and
 * written again, with every comment in its place: three times the code, for what nobody here asks.
 */
export class YamlComposer {
  readonly documents: YamlNode[] = [];
  readonly errors: YamlError[] = [];
  private atRoot = true;
  private directives: CST.Token | undefined = undefined;

  take(token: CST.Token): void {
    if (token.type === "document") this.documents.push(this.document(token));
    else if (token.type === "directive") {
      if (!/^%YAML[ \t]+1\.[12][ \t]*(?:#|$)/u.test(token.source)) this.report("BAD_DIRECTIVE", token);
      this.directives = token;
    } else if (token.type === "doc-end") {
      if (this.documents.length === 0) this.report("UNEXPECTED_TOKEN", token);
      this.past(token.end, token.offset + token.source.length, true);
    } else if (token.type !== "byte-order-mark" && !isBlank(token)) this.report("UNEXPECTED_TOKEN", token);
  }

  /** After the last token. */
  end(length: number): void {
    if (this.directives !== undefined && this.documents.length === 0) this.report("MISSING_CHAR", length);
  }

  private readonly report = (code: YamlErrorCode, place: ErrorPlace): void => {
    const [start, end] =
      typeof place === "number"
        ? [place, place + 1]
        : "kind" in place
          ? [place.start, place.end]
          : [place.offset, place.offset + ("source" in place ? place.source.length : 1)];
    this.errors.push({ code, start, end, harmless: harmless.has(code) });
  };

  private props(tokens: readonly CST.SourceToken[], around: Surroundings): Props {
    return readProps(tokens, around, this.report);
  }

  private document({ offset, start, value, end }: CST.Document): YamlNode {
    this.atRoot = true;
    const props = this.props(start, {
      flow: false,
      indicator: "doc-start",
      next: value ?? end?.[0],
      offset,
      indent: 0,
      startsLine: true,
    });
    if (props.found === undefined) {
      if (this.directives !== undefined) this.report("MISSING_CHAR", offset);
    } else if ((value?.type === "block-map" || value?.type === "block-seq") && !props.hasNewline)
      this.report("MISSING_CHAR", props.end);
    this.directives = undefined;
    const node = value ? this.node(value, props) : this.empty(props.end, start, props);
    this.past(end, node.behind, false);
    return node;
  }

  private node(token: CST.Token, props: Props): YamlNode {
    const anchor = props.anchor?.source.slice(1);
    if (token.type === "alias") return this.alias(token, props);
    if (isScalar(token)) return { ...this.scalar(token, props.tag), anchor };
    if (!isCollection(token)) {
      this.report("UNEXPECTED_TOKEN", token);
      return this.empty(token.offset, [], props);
    }
    if (props.tag !== undefined && !collectionTags.has(props.tag.source))
      this.report("TAG_RESOLVE_FAILED", props.tag);
    if (token.type === "block-map") return { ...this.blockMap(token), anchor };
    if (token.type === "flow-collection") return { ...this.flow(token), anchor };
    const last = (props.anchor?.offset ?? -1) > (props.tag?.offset ?? -1) ? props.anchor : props.tag;
    if (last !== undefined && (props.newlineBehind?.offset ?? -1) < last.offset)
      this.report("MISSING_CHAR", last);
    return { ...this.blockList(token), anchor };
  }

  private alias({ offset, source, end: behind }: CST.FlowScalar, props: Props): AliasNode {
    const end = offset + source.length;
    if (props.anchor !== undefined || props.tag !== undefined) this.report("UNEXPECTED_TOKEN", offset);
    if (source.endsWith(":")) this.report("BAD_ALIAS", end - 1);
    return { kind: "alias", name: source.slice(1), start: offset, end, behind: this.past(behind, end) };
  }

  private scalar(token: CST.FlowScalar | CST.BlockScalar, tag: CST.SourceToken | undefined): ScalarNode {
    const { offset: start } = token;
    let source: string;
    let end: number;
    let behind: number;
    if (token.type === "block-scalar") {
      const { text, length } = blockText(token, this.atRoot, this.report);
      source = text;
      end = behind = start + length;
    } else {
      source = flowText(token, this.report);
      end = start + token.source.length;
      behind = this.past(token.end, end);
    }
    const isValue = tag === undefined ? token.type === "scalar" : valueTags.has(tag.source);
    const value = isValue ? plainValue(source) : source;
    if (tag !== undefined && (isValue ? value === source : !textTags.has(tag.source)))
      this.report("TAG_RESOLVE_FAILED", tag);
    return { kind: "scalar", value, source, start, end, behind };
  }

  /** Nothing, where a key or value could stand: behind what was written before it. */
  private empty(offset: number, before: readonly CST.SourceToken[], props: Props): YamlNode {
    let at = offset;
    let index = before.length;
    while (index > 0 && isBlank(before[index - 1]!)) at -= before[--index]!.source.length;
    if (index > 0) for (; before[index]?.type === "space"; index++) at += before[index]!.source.length;
    const token: CST.FlowScalar = { type: "scalar", offset: at, indent: -1, source: "" };
    const node = this.scalar(token, props.tag);
    return {
      ...node,
      anchor: props.anchor?.source.slice(1),
      behind: props.comments > 0 ? props.end : node.behind,
    };
  }

  /** Where the tokens behind a value end. */
  private past(tokens: readonly CST.SourceToken[] | undefined, offset: number, strict = true): number {
    let separated = false;
    let end = offset;
    for (const token of tokens ?? []) {
      if (token.type === "space" || token.type === "newline") separated = true;
      else if (token.type !== "comment") this.report("UNEXPECTED_TOKEN", token);
      else if (strict && !separated) this.report("MISSING_CHAR", token);
      end += token.source.length;
    }
    return end;
  }

  private blockMap(map: CST.BlockMap): MapNode {
    this.atRoot = false;
    const pairs: Pair[] = [];
    let behind = map.offset;
    let commentEnd: number | undefined;
    for (const { start, key, sep, value } of map.items) {
      const around = { flow: false, indent: map.indent };
      const before = this.props(start, {
        ...around,
        indicator: "explicit-key-ind",
        next: key ?? sep?.[0],
        offset: behind,
        startsLine: true,
      });
      const implicit = before.found === undefined;
      if (implicit) {
        if (key?.type === "block-seq") this.report("BLOCK_AS_IMPLICIT_KEY", behind);
        else if (key && "indent" in key && key.indent !== map.indent) this.report("BAD_INDENT", behind);
        if (before.anchor === undefined && before.tag === undefined && !sep) {
          commentEnd = before.end;
          continue;
        }
        if (before.newlineBehind !== undefined || isOnLines(key))
          this.report("MULTILINE_IMPLICIT_KEY", key ?? start.at(-1)!);
      } else if (before.found?.indent !== map.indent) this.report("BAD_INDENT", behind);
      const keyNode = key ? this.node(key, before) : this.empty(before.end, start, before);
      const between = this.props(sep ?? [], {
        ...around,
        indicator: "map-value-ind",
        next: value,
        offset: keyNode.behind,
        startsLine: !key || key.type === "block-scalar",
      });
      behind = between.end;
      if (between.found === undefined) {
        if (implicit) this.report("MISSING_CHAR", keyNode);
        pairs.push({ key: keyNode, value: undefined });
        continue;
      }
      if (implicit && value?.type === "block-map" && !between.hasNewline)
        this.report("BLOCK_AS_IMPLICIT_KEY", behind);
      if (implicit && before.start < between.found.offset - keyMax)
        this.report("KEY_OVER_1024_CHARS", keyNode);
      const valueNode = value ? this.node(value, between) : this.empty(behind, sep ?? [], between);
      behind = valueNode.behind;
      pairs.push({ key: keyNode, value: valueNode });
    }
    if (commentEnd !== undefined && commentEnd < behind) this.report("UNEXPECTED_TOKEN", commentEnd);
    const last = pairs.at(-1);
    const end = last === undefined ? behind : lastOf(last).end;
    return { kind: "map", pairs, start: map.offset, end, behind: commentEnd ?? behind };
  }

  private blockList(list: CST.BlockSequence): ListNode {
    this.atRoot = false;
    const items: YamlNode[] = [];
    let behind = list.offset;
    let commentEnd: number | undefined;
    for (const { start, value } of list.items) {
      const props = this.props(start, {
        flow: false,
        indicator: "seq-item-ind",
        next: value,
        offset: behind,
        indent: list.indent,
        startsLine: true,
      });
      if (props.found === undefined) {
        if (props.anchor === undefined && props.tag === undefined && !value) {
          commentEnd = props.end;
          continue;
        }
        if (value?.type === "block-seq") this.report("BAD_INDENT", props.end);
        else this.report("MISSING_CHAR", behind);
      }
      const item = value ? this.node(value, props) : this.empty(props.end, start, props);
      behind = item.behind;
      items.push(item);
    }
    const end = items.at(-1)?.end ?? behind;
    return { kind: "list", items, start: list.offset, end, behind: commentEnd ?? behind };
  }

  private flow(token: CST.FlowCollection): MapNode | ListNode {
    const { atRoot } = this;
    this.atRoot = false;
    const isMap = token.start.source === "{";
    const pairs: Pair[] = [];
    const items: YamlNode[] = [];
    let behind = token.offset + token.start.source.length;
    for (const [index, { start, key, sep, value }] of token.items.entries()) {
      const around = { flow: true, indent: token.indent, startsLine: false };
      let props = this.props(start, {
        ...around,
        indicator: "explicit-key-ind",
        next: key ?? sep?.[0],
        offset: behind,
      });
      if (props.found === undefined) {
        if (props.anchor === undefined && props.tag === undefined && !sep && !value) {
          if (index === 0 && props.comma) this.report("UNEXPECTED_TOKEN", props.comma);
          else if (index < token.items.length - 1) this.report("UNEXPECTED_TOKEN", props.start);
          behind = props.end;
          continue;
        }
        if (!isMap && isOnLines(key)) this.report("MULTILINE_IMPLICIT_KEY", key!);
      }
      if (index > 0 && props.comma === undefined) this.report("MISSING_CHAR", props.start);
      else if (index === 0 && props.comma !== undefined) this.report("UNEXPECTED_TOKEN", props.comma);
      // The first comment belongs to the entry before.
      const first = start.find(({ type }) => type !== "comma" && type !== "space");
      if (index > 0 && first?.type === "comment") props = { ...props, comments: props.comments - 1 };
      if (!isMap && !sep && props.found === undefined) {
        const item = value ? this.node(value, props) : this.empty(props.end, [], props);
        items.push(item);
        behind = item.behind;
        if (isBlock(value)) this.report("BLOCK_IN_FLOW", item);
        continue;
      }
      const keyNode = key ? this.node(key, props) : this.empty(props.end, start, props);
      if (isBlock(key)) this.report("BLOCK_IN_FLOW", keyNode);
      const between = this.props(sep ?? [], {
        ...around,
        indicator: "map-value-ind",
        next: value,
        offset: keyNode.behind,
      });
      const { found } = between;
      if (found !== undefined && !isMap && props.found === undefined) {
        const line = sep?.slice(0, sep.indexOf(found)).find(({ type }) => type === "newline");
        if (line !== undefined) this.report("MULTILINE_IMPLICIT_KEY", line);
        if (props.start < found.offset - keyMax) this.report("KEY_OVER_1024_CHARS", found);
      } else if (found === undefined && value)
        if ("source" in value && value.source.startsWith(":")) this.report("MISSING_CHAR", value);
        else this.report("MISSING_CHAR", between.start);
      const valueNode = value
        ? this.node(value, between)
        : found === undefined
          ? undefined
          : this.empty(between.end, sep ?? [], between);
      if (valueNode !== undefined && isBlock(value)) this.report("BLOCK_IN_FLOW", valueNode);
      const pair = { key: keyNode, value: valueNode };
      const { end, behind: last } = valueNode ?? keyNode;
      if (isMap) pairs.push(pair);
      else items.push({ kind: "map", pairs: [pair], start: keyNode.start, end, behind: last });
      behind = valueNode?.behind ?? between.end;
    }
    const { end, behind: after } = this.closed(token, behind, atRoot);
    const range = { start: token.offset, end, behind: after };
    return isMap ? { kind: "map", pairs, ...range } : { kind: "list", items, ...range };
  }

  private closed(
    token: CST.FlowCollection,
    behind: number,
    atRoot: boolean,
  ): { end: number; behind: number } {
    const [close, ...rest] = token.end;
    if (close?.source === (token.start.source === "{" ? "}" : "]")) {
      const end = close.offset + close.source.length;
      return { end, behind: this.past(rest, end) };
    }
    this.report(atRoot ? "MISSING_CHAR" : "BAD_INDENT", behind);
    const more = close !== undefined && close.source.length !== 1 ? token.end : rest;
    return { end: behind, behind: this.past(more, behind) };
  }
}

/** A value's end, or its key's where nothing is written for the value. */
function lastOf({ key, value }: Pair): YamlNode {
  return value !== undefined && value.start < value.end ? value : key;
}

type Collection = CST.BlockMap | CST.BlockSequence | CST.FlowCollection;

function isCollection(token: CST.Token): token is Collection {
  return token.type === "flow-collection" || isBlock(token);
}

function isScalar(token: CST.Token): token is CST.FlowScalar | CST.BlockScalar {
  return (
    token.type === "scalar" ||
    token.type === "single-quoted-scalar" ||
    token.type === "double-quoted-scalar" ||
    token.type === "block-scalar"
  );
}

function isBlank({ type }: CST.Token): boolean {
  return type === "space" || type === "comment" || type === "newline";
}

function isBlock(token: CST.Token | null | undefined): boolean {
  return token?.type === "block-map" || token?.type === "block-seq";
}

/** Whether a key takes more than one line. */
function isOnLines(key: CST.Token | null | undefined): boolean {
  const hasLineEnd = (tokens: readonly CST.SourceToken[] | undefined) =>
    tokens?.some(({ type }) => type === "newline") === true;
  if (!key) return false;
  if (key.type === "flow-collection")
    return key.items.some(
      (item) =>
        hasLineEnd(item.start) || hasLineEnd(item.sep) || isOnLines(item.key) || isOnLines(item.value),
    );
  if (key.type !== "alias" && (!isScalar(key) || key.type === "block-scalar")) return true;
  return key.source.includes("\n") || hasLineEnd(key.end);
}
