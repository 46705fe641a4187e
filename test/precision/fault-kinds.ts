import type { Code } from "../../src/core/index.ts";

type Values = Record<string, unknown>;

/** A topology file's sections, to be changed. */
export interface Draft extends Values {
  kafka?: { brokers: number; version?: string; topics: Record<string, Topic> };
  rabbitmq?: {
    nodes: number;
    version?: string;
    exchanges?: Record<string, Exchange>;
    queues: Record<string, Queue>;
    bindings: Binding[];
    policies?: Record<string, Values>;
  };
  producers: Record<string, Application>;
  consumers: Record<string, Application>;
  timeline?: unknown[];
  expect?: unknown[];
}

export interface Topic {
  partitions?: number;
  replicas?: number;
  config?: Values;
}

interface Exchange extends Values {
  type?: string;
}

export interface Queue extends Values {
  arguments?: Values;
}

export interface Binding extends Values {
  source: string;
  destination: string;
  routing_key?: string;
  arguments?: Values;
}

export interface Application extends Values {
  topic?: string;
  topics?: string[];
  exchange?: string;
  queue?: string;
  config?: Values;
}

/** Where a fault can be planted, and the place of its word once it is: of a key, or of a value or whole entry. */
export interface Site {
  readonly plant: () => void;
  readonly at: readonly (string | number)[];
  readonly part: "key" | "value";
}

export interface FaultKind {
  readonly what: string;
  /** What must be reported there, or that it is an error at all. */
  readonly code: Code | "error" | "any";
  readonly sites: (draft: Draft) => Iterable<Site>;
}

/** A value written at a path whose maps are there or made; it is the word that is wrong. */
export function value(draft: Draft, at: readonly (string | number)[], wrong: unknown): Site {
  return {
    plant: () => {
      put(draft, at, wrong);
    },
    at,
    part: "value",
  };
}

/** The same where the key is the word that is wrong. */
export function key(draft: Draft, at: readonly (string | number)[], given: unknown): Site {
  return { ...value(draft, at, given), part: "key" };
}

export function put(draft: Draft, at: readonly (string | number)[], given: unknown): void {
  let holder = draft as unknown as Record<string | number, unknown>;
  for (const step of at.slice(0, -1)) holder = (holder[step] ??= {}) as Record<string | number, unknown>;
  holder[at.at(-1)!] = given;
}

export const topicsOf = (draft: Draft) => Object.entries(draft.kafka?.topics ?? {});
export const queuesOf = (draft: Draft) => Object.entries(draft.rabbitmq?.queues ?? {});
export const exchangesOf = (draft: Draft) => Object.entries(draft.rabbitmq?.exchanges ?? {});
export const bindingsOf = (draft: Draft) => [...(draft.rabbitmq?.bindings.entries() ?? [])];
export const producersOf = (draft: Draft) => Object.entries(draft.producers);
export const consumersOf = (draft: Draft) => Object.entries(draft.consumers);

/** The type that a queue declares. */
export const typeOf = ({ arguments: given }: Queue) => given?.["x-queue-type"] ?? "classic";
