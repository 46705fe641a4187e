import { typesThatTake } from "../model/rabbitmq-arguments-data.ts";
import { at, entriesOf, textOf, type MapTree } from "../parse/tree.ts";
import { booleanOf } from "../parse/value-read.ts";
import { problem } from "../problems/catalogue.ts";
import type { Fix, Problem } from "../problems/problem.ts";
import { queueTypeOf } from "../queue/queue-arguments.ts";
import { releaseOf } from "../queue/release.ts";
import type { Queue } from "../model/topology.ts";
import type { CheckedFile } from "./checked-file.ts";

const nodesMin = 3;

/** `argument-conflict`, `quorum-nodes`: what the broker refuses of a queue although each argument is right for itself. */
export function* queueDeclarations(file: CheckedFile): Iterable<Problem> {
  const { rabbitmq } = file.topology;
  for (const queue of rabbitmq?.queues.values() ?? []) {
    const tree = file.at("rabbitmq", "queues", queue.name.text);
    if (tree?.kind === "map") yield* conflicts(file, queue, tree);
    if (queueTypeOf(queue.arguments) !== "quorum" || rabbitmq!.nodes >= nodesMin) continue;
    const place = file.at("rabbitmq", "queues", queue.name.text, "arguments", "x-queue-type");
    yield problem("quorum-nodes", place?.span ?? queue.name.span, {
      queue: queue.name.text,
      nodes: rabbitmq!.nodes,
    });
  }
}

function* conflicts(file: CheckedFile, { name, arguments: args }: Queue, map: MapTree): Iterable<Problem> {
  const queue = name.text;
  const type = queueTypeOf(args);
  const without = (key: string): Fix[] => {
    const edits = file.edits.removeKey(map, key);
    return edits.length === 0 ? [] : [{ title: `Delete ${key}`, edits }];
  };
  const given = map.entries.get("arguments")?.value;
  for (const { key } of entriesOf(given)) {
    const types = typesThatTake(key.text, releaseOf(file.topology.rabbitmq!.version).classicsTakeLocator);
    if (types === undefined || types.includes(type)) continue;
    const edits = given?.kind === "map" ? file.edits.removeKey(given, key.text) : [];
    yield problem(
      "argument-conflict",
      key.span,
      {
        message: `\`${key.text}\` is for ${types.join(" and ")} queues, but \`${queue}\` is a ${type} queue: the broker refuses to declare it (406). Delete it.`,
      },
      edits.length === 0 ? [] : [{ title: `Delete ${key.text}`, edits }],
    );
  }
  const overflow = given === undefined ? undefined : at(given, "x-overflow");
  if (type === "quorum" && textOf(overflow) === "reject-publish-dlx")
    yield problem(
      "argument-conflict",
      overflow!.span,
      {
        message: `Quorum queues have no \`reject-publish-dlx\`: the broker drops the head of \`${queue}\` instead. Use \`reject-publish\` or \`drop-head\`.`,
      },
      file.set(
        "Use reject-publish",
        ["rabbitmq", "queues", queue, "arguments", "x-overflow"],
        "reject-publish",
      ),
      { severity: "warning" },
    );
  const kind = type === "quorum" ? "Quorum queue" : "Stream";
  const durable = map.entries.get("durable")?.value;
  if (type !== "classic" && booleanOf(durable) === false)
    yield problem(
      "argument-conflict",
      durable!.span,
      {
        message: `${kind} \`${queue}\` is always durable; the broker refuses to declare it otherwise (406). Delete \`durable\`.`,
      },
      without("durable"),
    );
  const autoDelete = map.entries.get("auto_delete")?.value;
  if (type !== "classic" && booleanOf(autoDelete) === true)
    yield problem(
      "argument-conflict",
      autoDelete!.span,
      {
        message: `${kind} \`${queue}\` cannot be auto-delete; the broker refuses to declare it so (406). Delete \`auto_delete\`, or use \`x-expires\`.`,
      },
      without("auto_delete"),
    );
  const exclusive = map.entries.get("exclusive")?.value;
  if (type !== "classic" && booleanOf(exclusive) === true)
    yield problem(
      "argument-conflict",
      exclusive!.span,
      {
        message: `${kind} \`${queue}\` cannot be exclusive; the broker refuses to declare it so (406). Delete \`exclusive\`.`,
      },
      without("exclusive"),
    );
  const preload = map.entries.get("preload");
  if (booleanOf(exclusive) === true && preload !== undefined)
    yield problem(
      "argument-conflict",
      preload.key.span,
      {
        message: `The exclusive queue \`${queue}\` is declared, empty, by whoever reads it: it cannot hold messages when the run starts. Delete \`preload\`.`,
      },
      without("preload"),
    );
  const routingKey = file.key("rabbitmq", "queues", queue, "arguments", "x-dead-letter-routing-key");
  if (routingKey !== undefined && !args.has("x-dead-letter-exchange"))
    yield problem("argument-conflict", routingKey, {
      message: `\`x-dead-letter-routing-key\` needs \`x-dead-letter-exchange\` beside it; without it the broker refuses to declare \`${queue}\` (406).`,
    });
}
