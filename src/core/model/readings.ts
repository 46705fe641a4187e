import type { Path } from "../text/path.ts";
import type { Name } from "../text/span.ts";
import type { Consumer, Topology } from "./topology.ts";

/** Each check asks for them. */
const known = new WeakMap<Topology["consumers"], readonly Consumer[]>();

/** All consumers, and those with several inputs once for each of them, as if they were consumers of their own. */
export function readings({ consumers }: Pick<Topology, "consumers">): readonly Consumer[] {
  let all = known.get(consumers);
  if (all === undefined) known.set(consumers, (all = [...consumers.values()].flatMap(readingsOf)));
  return all;
}

/** The consumer by each of its inputs: itself for the first one, or for the only source. */
export function readingsOf(consumer: Consumer): readonly Consumer[] {
  return [consumer, ...consumer.others];
}

/** Where in the file the keys stand that say what it reads, and how. */
export function placeOf({ name, input }: Pick<Consumer, "name" | "input">): Path {
  return input === undefined ? ["consumers", name.text] : ["consumers", name.text, "inputs", input];
}

/** The topics or queues that it reads. */
export function sourcesOf({ from }: Pick<Consumer, "from">): readonly Name[] {
  return from.kind === "queue" ? from.queues : from.topics;
}

/** By what one of several inputs is called: its first topic or queue. Undefined where there is but one source. */
export function inputName(reading: Consumer): Name | undefined {
  return reading.input === undefined ? undefined : sourcesOf(reading)[0];
}

/** What its random streams are named after: adding an input changes nothing that others draw. */
export function streamOf({ name, input }: Consumer): string {
  return input === undefined || input === 0
    ? `consumer ${name.text}`
    : `consumer ${name.text} input ${input + 1}`;
}
