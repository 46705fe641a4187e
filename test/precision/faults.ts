import { formFaults } from "./form-faults.ts";
import { kafkaFaults } from "./kafka-faults.ts";
import { rabbitmqFaults } from "./rabbitmq-faults.ts";
import { refusedFaults } from "./refused-faults.ts";
import { foreignFiles, textOf, type ForeignFile } from "./topology-of.ts";
import type { Draft, FaultKind, Site } from "./fault-kinds.ts";
import { isMap, isScalar, parseDocument, type Node, type Pair } from "yaml";

/** A file of others with one fault. */
export interface PlantedFault {
  readonly kind: FaultKind;
  readonly file: ForeignFile;
  readonly text: string;
  /** The word that is wrong, or the entry that was added. */
  readonly place: { readonly start: number; readonly end: number };
}

const wanted = 200;

export const faultKinds: readonly FaultKind[] = [
  ...formFaults,
  ...kafkaFaults,
  ...rabbitmqFaults,
  ...refusedFaults,
];

/** So many faults, of every kind in turn, each in another place of files drawn by the seed. */
export function plantedFaults(seed: number): readonly PlantedFault[] {
  const draw = draws(seed);
  const files = foreignFiles();
  const places = faultKinds.map((kind) => {
    const found = files.flatMap((file) =>
      [...kind.sites(draft(file))].map((_, index) => ({ file, index, lot: draw() })),
    );
    return { kind, found: found.toSorted((a, b) => a.lot - b.lot) };
  });
  const planted: PlantedFault[] = [];
  for (let round = 0; planted.length < wanted; round++) {
    const before = planted.length;
    for (const { kind, found } of places) {
      const at = found[round];
      if (at === undefined || planted.length === wanted) continue;
      const content = draft(at.file);
      planted.push({ kind, file: at.file, ...written(content, [...kind.sites(content)][at.index]!) });
    }
    if (planted.length === before) throw new Error(`the files have room for ${before} faults, not ${wanted}`);
  }
  return planted;
}

function draft({ content }: ForeignFile): Draft {
  return structuredClone(content) as unknown as Draft;
}

function written(content: Draft, { plant, at, part }: Site): Pick<PlantedFault, "text" | "place"> {
  plant();
  const text = textOf(content);
  const parent: unknown = parseDocument(text).getIn(at.slice(0, -1), true);
  const last = at.at(-1);
  const pair: Pair | undefined = isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && key.value === last)
    : undefined;
  const found = part === "key" ? pair?.key : parseDocument(text).getIn(at, true);
  const range = (found as Node | undefined)?.range;
  if (range === undefined || range === null)
    throw new Error(`nothing stands at ${at.join(" / ")} of\n${text}`);
  return { text, place: { start: range[0], end: range[1] } };
}

/** Numbers from 0 to 1, the same for a seed: a linear congruence by Knuth's constants. */
function draws(seed: number): () => number {
  let state = BigInt(seed);
  return () => {
    state = BigInt.asUintN(64, state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n);
    return Number(state >> 11n) / 2 ** 53;
  };
}
