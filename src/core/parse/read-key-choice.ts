import type { KeyChoice, RoutingKeyChoice } from "../model/topology.ts";
import type { Name } from "../text/span.ts";
import type { ReadContext } from "./read-context.ts";
import { at, describe, nameOf, textOf } from "./tree.ts";
import type { Tree } from "./tree.ts";
import { numberOf, quantityOf, weightsOf } from "./value-read.ts";

export function readKeyChoice(tree: Tree | undefined, context: ReadContext): KeyChoice | undefined {
  if (tree === undefined) return { kind: "none" };
  if (tree.kind !== "map") {
    const text = textOf(tree);
    return text === "none" || text === "unique" ? { kind: text } : undefined;
  }
  const values = at(tree, "values");
  if (values !== undefined) {
    const count = quantityOf(values, "count");
    if (count === undefined) return undefined;
    if (count < 1) {
      context.badValue(values.span, {
        key: "values",
        found: describe(values),
        reason: "there is at least one key",
      });
      return undefined;
    }
    const zipf = at(tree, "zipf");
    if (zipf === undefined) return { kind: "uniform", values: count };
    const exponent = numberOf(zipf);
    return exponent === undefined || exponent < 0 ? undefined : { kind: "zipf", values: count, exponent };
  }
  const constant = at(tree, "constant");
  if (constant !== undefined && tree.entries.size === 1) {
    const text = textOf(constant);
    return text === undefined ? undefined : { kind: "weights", keys: [text], weights: [1] };
  }
  const weights = weightsOf(tree);
  if (weights === undefined) return undefined;
  if ("reason" in weights) {
    context.badValue(weights.tree.span, { key: "key", found: describe(tree), reason: weights.reason });
    return undefined;
  }
  return { kind: "weights", keys: weights.values.map(({ key }) => key.text), weights: weights.weights };
}

const template = "{key}";

/** `fallback` is the routing key where the file gives none: empty, or the queue's name. */
export function readRoutingKey(
  tree: Tree | undefined,
  fallback: Name,
  context: ReadContext,
): RoutingKeyChoice | undefined {
  if (tree === undefined) return { kind: "weights", keys: [fallback], weights: [1] };
  if (tree.kind === "map") {
    const weights = weightsOf(tree);
    if (weights === undefined) return undefined;
    if ("reason" in weights) {
      context.badValue(weights.tree.span, {
        key: "routing_key",
        found: describe(tree),
        reason: weights.reason,
      });
      return undefined;
    }
    return { kind: "weights", keys: weights.values.map(({ key }) => key), weights: weights.weights };
  }
  const name = nameOf(tree);
  if (name === undefined) return undefined;
  return name.text.includes(template)
    ? { kind: "template", text: name }
    : { kind: "weights", keys: [name], weights: [1] };
}
