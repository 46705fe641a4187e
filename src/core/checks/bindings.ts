import { matchMode } from "../queue/headers-match.ts";
import { matchedAs } from "../queue/exchange.ts";
import type { Binding, ExchangeType } from "../model/topology.ts";
import { at, type ListTree, type MapTree } from "../parse/tree.ts";
import { problem } from "../problems/catalogue.ts";
import type { Fix, Problem } from "../problems/problem.ts";
import type { Span } from "../text/span.ts";
import type { CheckedFile } from "./checked-file.ts";
import { coveredBindings } from "./covered-bindings.ts";
import { placeOfHost } from "./tree-edits.ts";

/** `duplicate-binding`, `dead-binding`, `pattern-word`, `key-ignored`, `headers-without-match`. */
export function* bindings(file: CheckedFile): Iterable<Problem> {
  const { rabbitmq } = file.topology;
  const { routing } = file;
  if (rabbitmq === undefined || routing === undefined) return;
  const trees = new Map<number, { list: ListTree; index: number; map: MapTree }>();
  for (const vhost of ["", ...rabbitmq.vhosts]) {
    const list = file.at(...placeOfHost(vhost), "bindings");
    if (list?.kind !== "list") continue;
    for (const [index, map] of list.items.entries())
      if (map.kind === "map") trees.set(map.span.start, { list, index, map });
  }
  const typeOf = (exchange: string): ExchangeType => matchedAs(routing.host.exchange(exchange)!.settings);
  const covered = coveredBindings(rabbitmq.bindings, typeOf);
  for (const [index, binding] of rabbitmq.bindings.entries()) {
    const tree = trees.get(binding.span.start);
    if (tree === undefined) continue;
    const by = covered.get(index);
    if (by !== undefined) yield duplicate(file, tree.list, tree.index, binding, rabbitmq.bindings[by]!);
    yield* form(file, tree.map, binding, typeOf(binding.source.text));
  }
  if (!file.tells("rabbitmq") || !file.tellsSenders || !routing.complete) return;
  for (const index of routing.unusedBindings()) {
    const binding = rabbitmq.bindings[index]!;
    const { source, destination, routingKey } = binding;
    // A binding that another covers is told as that.
    if (covered.has(index)) continue;
    yield problem("dead-binding", placeOf(binding), {
      exchange: source.text,
      destination: destination.text,
      key: routingKey.text,
    });
  }
}

/** The routing key where there is one, or else the destination. */
function placeOf({ source, destination, routingKey }: Binding): Span {
  return routingKey.span === source.span ? destination.span : routingKey.span;
}

function duplicate(
  file: CheckedFile,
  list: ListTree,
  index: number,
  binding: Binding,
  other: Binding,
): Problem {
  const { source, destination, routingKey } = binding;
  const edits = file.edits.removeItem(list, index);
  return problem(
    "duplicate-binding",
    placeOf(binding),
    {
      exchange: source.text,
      destination: destination.text,
      other: other.routingKey.text === routingKey.text ? undefined : other.routingKey.text,
    },
    edits.length === 0 ? [] : [{ title: "Delete this binding", edits, safe: true }],
    { related: [{ message: "the binding that does the same", span: placeOf(other) }] },
  );
}

function* form(file: CheckedFile, map: MapTree, binding: Binding, type: ExchangeType): Iterable<Problem> {
  const { source, destination, routingKey, arguments: args } = binding;
  const exchange = source.text;
  if (type === "topic") {
    const words = routingKey.text.split(".");
    const word = words.find((one) => one.length > 1 && /[*#]/u.test(one));
    if (word !== undefined) {
      const mended = words
        .map((one) =>
          one.length > 1 && one.includes("#") ? "#" : one.length > 1 && one.includes("*") ? "*" : one,
        )
        .join(".");
      yield problem("pattern-word", routingKey.span, { pattern: routingKey.text, word }, [
        { title: `Change to ${mended}`, edits: [{ span: routingKey.span, text: JSON.stringify(mended) }] },
      ]);
    }
  }
  if ((type === "fanout" || type === "headers" || type === "x-recent-history") && routingKey.text !== "") {
    const edits = file.edits.removeKey(map, "routing_key");
    const fixes: Fix[] = edits.length === 0 ? [] : [{ title: "Delete the routing key", edits, safe: true }];
    yield problem("key-ignored", routingKey.span, { exchange, type, key: routingKey.text }, fixes);
  }
  const mode = matchMode(args);
  if (type !== "headers" || mode === undefined) return;
  const counts = (name: string): boolean =>
    name !== "x-match" && (mode.endsWith("-with-x") || !name.startsWith("x-"));
  if ([...args.keys()].some(counts)) return;
  yield problem("headers-without-match", at(map, "arguments")?.span ?? destination.span, {
    exchange,
    destination: destination.text,
    mode: mode.startsWith("all") ? "all" : "any",
  });
}
