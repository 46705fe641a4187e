import type { Graph } from "../core/index.ts";

/** How a node of each kind stands in Mermaid: its brackets. */
const shapes: Readonly<Record<Graph["nodes"][number]["kind"], readonly [open: string, close: string]>> = {
  producer: ["([", "])"],
  consumer: ["([", "])"],
  exchange: ["{{", "}}"],
  queue: ["[/", "/]"],
  topic: ["[(", ")]"],
  group: ["[", "]"],
};

/** A topology as Mermaid draws it, from left to right; names are texts, whatever stands in them. */
export function mermaid({ nodes, edges }: Graph): string {
  const ids = new Map(nodes.map(({ id }, number) => [id, `n${number}`]));
  const lines = ["flowchart LR"];
  for (const { id, kind, name, detail } of nodes) {
    const [open, close] = shapes[kind];
    lines.push(`  ${ids.get(id)}${open}"${quoted(name)}<br>${quoted(detail)}"${close}`);
  }
  for (const { from, to, label, messages } of edges) {
    const [start, end] = [ids.get(from), ids.get(to)];
    if (start === undefined || end === undefined) continue;
    const told = [label, messages > 0 ? String(messages) : ""].filter((text) => text !== "").map(quoted);
    lines.push(`  ${start} -->${told.length === 0 ? "" : `|"${told.join("<br>")}"|`} ${end}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Characters of a label that Mermaid or the Markdown in it would take for something else (a list: `1. `, `- `), as its entities. */
function quoted(text: string): string {
  return text.replace(/[^\p{L}\p{N} ._/:,→-]|[.-](?= )/gu, (mark) => `#${mark.codePointAt(0) ?? 0};`);
}
