import type { Topology } from "./topology.ts";

/** Sixteen digits, the same for files that run alike: comments, places, names for people and what is expected leave them. */
export function meaningOf({ kafka, rabbitmq, producers, consumers, run, timeline }: Topology): string {
  return digest(JSON.stringify([kafka, rabbitmq, producers, consumers, run, timeline], withoutPlaces));
}

/** The names of a file are keys of maps alone, so a key `span` is the model's own. */
function withoutPlaces(key: string, value: unknown): unknown {
  if (key === "span") return undefined;
  if (value instanceof Map || value instanceof Set) return [...value];
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

/** FNV-1a over UTF-16 units, and a second word mixed in another way. */
function digest(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x85ebca6b);
    high ^= high >>> 13;
  }
  return hex(high) + hex(low);
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, "0");
