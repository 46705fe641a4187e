import type { Expectation } from "../model/expectation.ts";
import type { Consumer, Flow } from "../model/topology.ts";
import type { Tree } from "../parse/tree.ts";
import type { Written } from "./written.ts";

/** Where a part of a flow's messages goes in the other model. */
export interface Target {
  /** Of the part, where there are several. */
  readonly name: string;
  /** Of the flow's messages; the shares of all its targets make 1. */
  readonly share: number;
  /** What the flow says in place of the keys that belong to one broker. */
  readonly keys: ReadonlyMap<string, Written>;
}

/** What a consumer says of the other broker. */
export interface Reading {
  readonly keys: ReadonlyMap<string, Written>;
  /** What it sends besides its `sends`. */
  readonly sends: readonly Written[];
}

/** A metric of the other model; or why there is none. */
export type Mapped =
  | { readonly metric: string; readonly of: { readonly kind: string; readonly name: string } | undefined }
  | { readonly reason: string };

/** One half of a file, told in the other model. */
export interface Half {
  /** Whether a flow with this kind of destination belongs to it. */
  owns(kind: string): boolean;
  targets(flow: Flow): readonly Target[];
  /** Of what a consumer sends on. */
  sends(flow: Flow, by: Consumer): readonly Target[];
  reading(consumer: Consumer): Reading;
  /** The parts of the other broker's section. */
  sections(): ReadonlyMap<string, Written>;
  /** Undefined where the expectation means the same in both models. */
  metric(expectation: Expectation): Mapped | undefined;
  /** An entry of the timeline; a reason where it has no equal. */
  action(tree: Tree): Written | { readonly reason: string };
  /** Adds the notes about what has no equal. */
  tell(): void;
}
