import type { Fix } from "../problems/problem.ts";
import type { Names } from "./names.ts";
import { at } from "./tree.ts";

const paths: Readonly<Record<string, readonly [string, string]>> = {
  topic: ["kafka", "topics"],
  exchange: ["rabbitmq", "exchanges"],
  queue: ["rabbitmq", "queues"],
};

/** A fix that names the missing thing beside those that the file names already; undefined where there are none yet. */
export function creation(word: string, name: string, { root }: Names, text: string): Fix | undefined {
  const path = Object.hasOwn(paths, word) ? paths[word] : undefined;
  const holder = path === undefined ? undefined : at(root, ...path);
  if (holder?.kind !== "map") return undefined;
  const first = holder.entries.values().next().value;
  const written = /^[A-Za-z_][\w.-]*$/u.test(name) ? name : JSON.stringify(name);
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
