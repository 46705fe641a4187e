import { readings } from "../model/readings.ts";
import type { Queue } from "../model/topology.ts";
import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import { readsQueue, type CheckedFile } from "./checked-file.ts";
import { circles } from "./circles.ts";

/** `dead-letter-loop`: a way of dead letters that leads back to where it began. */
export function* deadLetterLoops(file: CheckedFile): Iterable<Problem> {
  const { rabbitmq } = file.topology;
  const { routing } = file;
  if (rabbitmq === undefined || routing === undefined) return;
  const ways = new Map<string, string[]>();
  const rejecting = new Set<string>();
  const deaths = new Deaths(file);
  for (const [name, letters] of routing.letters) {
    const queue = rabbitmq.queues.get(name);
    if (queue === undefined || !deaths.happenIn(queue)) continue;
    ways.set(name, [...new Set(letters.flatMap(({ queues }) => queues))]);
    if (deaths.rejects(queue)) rejecting.add(name);
  }
  const order = [...rabbitmq.queues.keys()].filter((name) => ways.has(name));
  for (const circle of circles(order, (name) => ways.get(name) ?? [])) {
    const [queue = "", ...path] = circle;
    const place = (name: string) =>
      file.placeOfRule(rabbitmq.queues.get(name)!, "dead-letter-exchange", "value");
    yield problem(
      "dead-letter-loop",
      place(queue),
      { queue, path, rejected: circle.some((name) => rejecting.has(name)) },
      [],
      path.length === 0
        ? {}
        : { related: path.map((name) => ({ message: `the way of \`${name}\` on`, span: place(name) })) },
    );
  }
}

/** What can make messages of a queue dead letters, as the file has it. */
class Deaths {
  private readonly rejected = new Set<string>();
  private readonly requeued = new Set<string>();
  private readonly file: CheckedFile;

  constructor(file: CheckedFile) {
    this.file = file;
    for (const consumer of readings(file.topology)) {
      if (!readsQueue(consumer) || consumer.failures.share === 0) continue;
      const of = consumer.from.settings.onFailure === "reject" ? this.rejected : this.requeued;
      for (const { text } of consumer.from.queues) of.add(text);
    }
  }

  rejects({ name }: Queue): boolean {
    return this.rejected.has(name.text);
  }

  happenIn({ name }: Queue): boolean {
    const rules = this.file.routing!.rulesOf(name.text);
    if (rules === undefined) return false;
    const limited = rules.maxLength < Infinity || rules.maxBytes < Infinity;
    const arriving = this.file.routing!.arriving.get(name.text) ?? [];
    return (
      this.rejected.has(name.text) ||
      rules.messageTtl !== undefined ||
      [...arriving].some(({ flow }) => flow.rabbitmq.lifetime < Infinity) ||
      (limited && rules.overflow !== "reject-publish") ||
      (rules.type === "quorum" && rules.deliveryLimit < Infinity && this.requeued.has(name.text))
    );
  }
}
