import { queueArgumentTypes, type QueueType } from "../model/rabbitmq-arguments-data.ts";
import { settingsOf, type SettingsKind } from "../model/settings.ts";
import type { FieldTable, FieldValue } from "../model/topology.ts";
import type { ReadContext } from "./read-context.ts";
import { at, entriesOf, textOf } from "./tree.ts";
import type { Entry, MapTree, Tree } from "./tree.ts";
import { booleanOf, quantityOf } from "./value-read.ts";

const nanosPerMilli = 1e6;
const prioritiesMax = 255;

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

/** What the broker refuses with 406 although each argument is right for itself. */
export function checkQueueDeclarations(queues: Tree | undefined, context: ReadContext): void {
  for (const { key, value } of entriesOf(queues))
    if (value.kind === "map") checkDeclaration(key.text, value, context);
}

function checkDeclaration(queue: string, map: MapTree, context: ReadContext): void {
  const type = (textOf(at(map, "arguments", "x-queue-type")) ?? "classic") as QueueType;
  const entries = [...entriesOf(at(map, "arguments"))];
  for (const entry of entries) checkArgument(queue, type, entry, context);
  if (type === "quorum" || type === "stream") {
    const durable = at(map, "durable");
    if (durable !== undefined && booleanOf(durable) === false)
      context.rule(
        durable.span,
        `${capital(type)} queue \`${queue}\` is always durable; the broker refuses to declare it otherwise (406). Delete \`durable\`.`,
      );
    const autoDelete = at(map, "auto_delete");
    if (autoDelete !== undefined && booleanOf(autoDelete) === true)
      context.rule(
        autoDelete.span,
        `${capital(type)} queue \`${queue}\` cannot be auto-delete; the broker refuses to declare it so (406). Delete \`auto_delete\`, or use \`x-expires\`.`,
      );
  }
  const routingKey = entries.find(({ key }) => key.text === "x-dead-letter-routing-key");
  if (routingKey !== undefined && at(map, "arguments", "x-dead-letter-exchange") === undefined)
    context.rule(
      routingKey.key.span,
      `\`x-dead-letter-routing-key\` needs \`x-dead-letter-exchange\` beside it; without it the broker refuses to declare \`${queue}\` (406).`,
    );
}

function checkArgument(queue: string, type: QueueType, { key, value }: Entry, context: ReadContext): void {
  const types = Object.hasOwn(queueArgumentTypes, key.text) ? queueArgumentTypes[key.text] : undefined;
  if (types !== undefined && !types.includes(type)) {
    context.rule(
      key.span,
      `\`${key.text}\` is for ${types.join(" and ")} queues, but \`${queue}\` is a ${type} queue: the broker refuses to declare it (406). Delete it.`,
    );
    return;
  }
  const count = quantityOf(value, "count");
  if (key.text === "x-max-priority" && count !== undefined && count > prioritiesMax)
    context.rule(
      value.span,
      `A queue has at most ${prioritiesMax} priorities; the broker refuses more (406).`,
    );
  if (key.text === "x-expires" && quantityOf(value, "duration") === 0)
    context.rule(value.span, "`x-expires` is longer than 0; the broker refuses 0 (406).");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
