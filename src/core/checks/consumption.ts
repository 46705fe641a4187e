import { placeOf, readings } from "../model/readings.ts";
import { problem } from "../problems/catalogue.ts";
import type { Fix, Problem } from "../problems/problem.ts";
import { meanOf } from "../sim/sampler.ts";
import { readsQueue, type CheckedFile, type QueueReader } from "./checked-file.ts";
import { together } from "./tree-edits.ts";

/** Nanoseconds that a message waits behind others of its consumer before it is told. */
const hoardedFrom = 2e9;
/** Fewer held messages are what keeps a consumer busy. */
const hoardFrom = 3;

/** `requeue-loop`, `unlimited-prefetch`, `prefetch-hoards`, `auto-ack-loss`: how consumers take and settle. */
export function* consumption(file: CheckedFile): Iterable<Problem> {
  const competing = new Map<string, number>();
  const readers = readings(file.topology).filter(readsQueue);
  for (const { from, instances } of readers)
    for (const { text } of from.queues) competing.set(text, (competing.get(text) ?? 0) + instances);
  for (const consumer of readers) {
    yield* requeueLoop(file, consumer);
    yield* acknowledgement(file, consumer);
    yield* hoards(file, consumer, competing);
  }
}

function* requeueLoop(file: CheckedFile, { name, input, from, failures }: QueueReader): Iterable<Problem> {
  if (failures.share === 0 || from.settings.onFailure !== "requeue" || from.settings.ack !== "manual") return;
  for (const { text: queue } of from.queues) {
    const rules = file.routing?.rulesOf(queue);
    if (rules === undefined) continue;
    const { type, deliveryLimit } = rules;
    if (type === "stream" || (type === "quorum" && deliveryLimit < Infinity)) continue;
    const path = placeOf({ name, input });
    const limit: Fix[] =
      type === "quorum"
        ? file.set(
            `Give ${queue} a delivery limit of 20`,
            ["rabbitmq", "queues", queue, "arguments", "x-delivery-limit"],
            "20",
          )
        : [];
    const place = file.at(...path, "onFailure") ?? file.at("consumers", name.text, "failures");
    yield problem("requeue-loop", place?.span ?? name.span, { consumer: name.text, queue }, [
      ...limit,
      ...file.set("Reject after three tries", [...path, "onFailure"], "{retry: [1s, 5s], then: reject}"),
    ]);
    return;
  }
}

function* acknowledgement(file: CheckedFile, { name, input, from }: QueueReader): Iterable<Problem> {
  const { ack, prefetch, channelPrefetch } = from.settings;
  const limited = prefetch < Infinity || channelPrefetch < Infinity;
  if (ack !== "auto" && limited) return;
  const queues = from.queues.map(({ text }) => text);
  const path = placeOf({ name, input });
  const limit = limited ? [] : file.edits.set([...path, "prefetch"], "10");
  if (ack === "auto")
    yield problem(
      "auto-ack-loss",
      file.at(...path, "ack")?.span ?? name.span,
      { consumer: name.text, queues },
      [
        {
          title: "Acknowledge after processing",
          edits: together([...file.edits.set([...path, "ack"], "manual"), ...limit]),
        },
      ],
    );
  else if (file.isSound(...path))
    yield problem(
      "unlimited-prefetch",
      file.at(...path, "prefetch")?.span ?? name.span,
      { consumer: name.text, queues },
      limit.length === 0 ? [] : [{ title: "Set prefetch: 10", edits: limit }],
    );
}

function* hoards(
  file: CheckedFile,
  { name, input, from, processing, concurrency }: QueueReader,
  competing: ReadonlyMap<string, number>,
): Iterable<Problem> {
  const { ack, prefetch, channelPrefetch } = from.settings;
  const held = Math.min(prefetch, channelPrefetch);
  if (ack === "auto" || held === Infinity || held < hoardFrom) return;
  if (processing.byKind.size + processing.byKey.size > 0) return;
  const each = meanOf(processing.perMessage) / concurrency;
  const alone = from.queues.every(({ text }) => (competing.get(text) ?? 0) < 2);
  if (alone || (held - 1) * each <= hoardedFrom) return;
  const path = [...placeOf({ name, input }), "prefetch"];
  yield problem(
    "prefetch-hoards",
    file.at(...path)?.span ?? name.span,
    { consumer: name.text, prefetch: held, each },
    channelPrefetch === Infinity ? file.set(`Set prefetch: ${concurrency}`, path, String(concurrency)) : [],
  );
}
