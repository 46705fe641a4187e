import type { Fix } from "../problems/problem.ts";
import type { Names } from "./names.ts";
import { at, entriesOf, type Tree } from "./tree.ts";

const paths: Readonly<Record<string, readonly [string, string]>> = {
  topic: ["kafka", "topics"],
  exchange: ["rabbitmq", "exchanges"],
  queue: ["rabbitmq", "queues"],
};

/** The virtual host that a name begins with, and the name inside it. */
function splitName(name: string, root: Tree | undefined): [string | undefined, string] {
  for (const { key } of entriesOf(at(root, "rabbitmq", "vhosts")))
    if (name.startsWith(`${key.text}/`)) return [key.text, name.slice(key.text.length + 1)];
  return [undefined, name];
}

/** A fix that names the missing thing beside those that the file names already; undefined where there are none yet. */
export function creation(word: string, name: string, { root }: Names, text: string): Fix | undefined {
  const path = Object.hasOwn(paths, word) ? paths[word] : undefined;
  const [vhost, inside] = splitName(name, root);
  const holder =
    path === undefined
      ? undefined
      : vhost === undefined
        ? at(root, ...path)
        : at(root, "rabbitmq", "vhosts", vhost, path[1]);
  if (holder?.kind !== "map") return undefined;
  const first = holder.entries.values().next().value;
  const written = /^[A-Za-z_][\w.-]*$/u.test(inside) ? inside : JSON.stringify(inside);
  const title = `Create the ${word} ${name}`;
  const flow = text[holder.span.start] === "{";
  if (flow) {
    const at = { start: holder.span.start + 1, end: holder.span.start + 1 };
    return {
      title,
      edits: [{ span: at, text: first === undefined ? `${written}: {}` : `${written}: {}, ` }],
    };
  }
  if (first === undefined) return undefined;
  const { start } = first.key.span;
  const indent = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  if (indent.trim() !== "") return undefined;
  return { title, edits: [{ span: { start, end: start }, text: `${written}: {}\n${indent}` }] };
}
