import type { Arrivals } from "../model/topology.ts";
import type { Name } from "../text/span.ts";
import type { Keys, ReadContext } from "./read-context.ts";
import { at } from "./tree.ts";
import type { Tree } from "./tree.ts";
import { quantityOf, soundDistribution } from "./value-read.ts";

/** Forms whose pace does not come from `rate`. */
const ownPace = ["bursts", "closed", "schedule"];

/** How messages arrive, for a part of the producer's rate; undefined where it cannot be read, which has been reported. */
export function readArrivals(
  keys: Keys,
  owner: Name,
  part: number,
  context: ReadContext,
): Arrivals | undefined {
  const arrivals = keys.get("arrivals");
  const own = ownPace.find((form) => at(arrivals, form) !== undefined);
  if (own !== undefined) {
    const rate = keys.keySpan("rate");
    if (rate !== undefined)
      context.rule(
        rate,
        `\`${owner.text}\` has a \`rate\` beside \`arrivals: {${own}: …}\`, which sets its own pace. Delete one of the two.`,
      );
    return ownPaced(own, at(arrivals, own)!, part);
  }
  const written = keys.get("rate");
  if (written === undefined) {
    context.rule(
      owner.span,
      `Producer \`${owner.text}\` has no \`rate\`: say how much it sends (\`rate: 10/s\`), or use \`arrivals\` with bursts, closed or schedule.`,
    );
    return undefined;
  }
  const rate = quantityOf(written, "rate");
  if (rate === undefined) return undefined;
  const onOff = at(arrivals, "onOff");
  if (onOff !== undefined) {
    const on = quantityOf(at(onOff, "on"), "duration");
    const off = quantityOf(at(onOff, "off"), "duration");
    return on === undefined || on === 0 || off === undefined
      ? undefined
      : { kind: "onOff", rate: rate * part, on, off };
  }
  const kind = arrivals === undefined ? "poisson" : keys.choice("arrivals", "poisson", "constant");
  return kind === undefined ? undefined : { kind, rate: rate * part };
}

function ownPaced(form: string, tree: Tree, part: number): Arrivals | undefined {
  if (form === "bursts") {
    const size = quantityOf(at(tree, "size"), "count");
    const every = quantityOf(at(tree, "every"), "duration");
    if (size === undefined || size < 1 || every === undefined || every === 0) return undefined;
    return { kind: "bursts", size: wholePart(size, part), every };
  }
  if (form === "closed") {
    const clients = quantityOf(at(tree, "clients"), "count");
    const written = at(tree, "think");
    const think =
      written === undefined
        ? ({ kind: "constant", value: 0 } as const)
        : soundDistribution(written, "duration");
    return clients === undefined || clients < 1 || think === undefined
      ? undefined
      : { kind: "closed", clients: wholePart(clients, part), think };
  }
  if (tree.kind !== "list") return undefined;
  const times: number[] = [];
  for (const item of tree.items) {
    const time = quantityOf(item, "duration");
    if (time === undefined) return undefined;
    times.push(time);
  }
  return { kind: "schedule", times: times.sort((a, b) => a - b) };
}

/** At least one: a flow with a share sends. */
export function wholePart(count: number, part: number): number {
  return part === 1 ? count : Math.max(1, Math.round(count * part));
}
