import { filterBytes } from "../model/rabbitmq-arguments-data.ts";
import { settingsOf, type SettingsKind } from "../model/settings.ts";
import type { FieldTable, FieldValue } from "../model/topology.ts";
import type { ReadContext } from "./read-context.ts";
import { at, entriesOf } from "./tree.ts";
import type { MapTree, Tree } from "./tree.ts";
import { booleanOf, quantityOf } from "./value-read.ts";

const nanosPerMilli = 1e6;
const prioritiesMax = 255;
const ageForm = /^\d+[YMDhms]$/;

/** What a queue's arguments, or those of a like kind, say in the broker's own units. */
export function fieldsOf(tree: Tree | undefined, of: SettingsKind): FieldTable {
  const table = new Map<string, FieldValue>();
  for (const { key, value } of entriesOf(tree)) {
    const read = argumentValue(key.text, value, of);
    if (read !== undefined) table.set(key.text, read);
  }
  return table;
}

function argumentValue(name: string, tree: Tree, of: SettingsKind): FieldValue | undefined {
  const kind = settingsOf(of).get(name)?.value;
  if (kind === "duration") {
    const nanos = quantityOf(tree, "duration");
    return nanos === undefined ? undefined : Math.round(nanos / nanosPerMilli);
  }
  if (kind === "size") return quantityOf(tree, "size");
  if (kind === "boolean") return booleanOf(tree);
  if (tree.kind !== "scalar") return undefined;
  return kind === "count" && tree.value !== -1 ? quantityOf(tree, "count") : tree.value;
}

/** What the broker refuses with 406 of a single argument. */
export function checkQueueDeclarations(queues: Tree | undefined, context: ReadContext): void {
  for (const { value } of entriesOf(queues)) if (value.kind === "map") checkDeclaration(value, context);
}

function checkDeclaration(map: MapTree, context: ReadContext): void {
  for (const { key, value } of entriesOf(at(map, "arguments"))) {
    const count = quantityOf(value, "count");
    if (key.text === "x-max-priority" && count !== undefined && count > prioritiesMax)
      context.rule(
        value.span,
        `A queue has at most ${prioritiesMax} priorities; the broker refuses more (406).`,
      );
    if (key.text === "x-max-age" && value.kind === "scalar" && !ageForm.test(String(value.value)))
      context.rule(
        value.span,
        "`x-max-age` is a whole number and one of the units `Y`, `M`, `D`, `h`, `m` and `s`, such as `7D` or `12h`; the broker refuses others (406).",
      );
    const bytes = quantityOf(value, "size");
    const { least, most } = filterBytes;
    if (key.text === "x-stream-filter-size-bytes" && bytes !== undefined && (bytes < least || bytes > most))
      context.rule(
        value.span,
        `The filter of a stream's chunks has ${least} to ${most} bytes; the broker refuses others (406).`,
      );
    if (key.text === "x-expires" && quantityOf(value, "duration") === 0)
      context.rule(value.span, "`x-expires` is longer than 0; the broker refuses 0 (406).");
  }
}
