import { readings, sourcesOf } from "../model/readings.ts";
import type { Consumer } from "../model/topology.ts";
import type { Finding, Mood, Piece } from "../stats/finding.ts";
import { clause, nanosPerMilli, type RecordedRun, told, whence } from "./recorded-run.ts";
import { count, plural, say, time } from "./sentence.ts";

/** How the run ended, what was lost by brokers and consumers, and whether all went well. */
export function* runAsAWhole(run: RecordedRun): Iterable<Finding> {
  const { totals, stopped, problems, exchanges, queues, groups, consumers } = run.summary;
  const tell = (kind: Finding["kind"], mood: Mood, sentence: string): Finding => ({
    kind,
    mood,
    says: say(totals, ["totals"], sentence),
  });
  if (stopped.startsWith("limit:"))
    yield {
      kind: "run",
      mood: "warn",
      says: [`The run stopped early, at a limit (${stopped.slice(6)}): the numbers cover what ran.`],
    };
  for (const { message } of problems) yield { kind: "run", mood: "warn", says: [{ quote: message }] };
  if (totals.lost.broker > 0) yield lostByBrokers(run);
  if (totals.lost.consumer > 0) yield lostByConsumers(run);
  if (totals.sent === 0) return yield tell("run", "warn", "No message was sent inside the window.");
  const { lost, dropped, unroutable, refused, skipped, timedOut } = totals;
  const gone = lost.broker + lost.consumer + dropped + unroutable + refused + skipped + timedOut;
  const expired = Object.values(queues).some((queue) => queue.expired > 0);
  const unread = Object.values(groups).some((group) => group.expiredUnread > 0);
  // Of what an exchange has held back its client does not learn that it led nowhere.
  const unrouted = Object.values(exchanges).some((exchange) => exchange.unroutable > 0);
  if (gone > 0 || expired || unread || unrouted) return;
  const ordered = Object.values(consumers).every(({ order }) => order.violations === 0);
  yield tell(
    "loss",
    "ok",
    `Nothing was lost, refused, dropped or left unrouted${ordered ? ", and nothing was finished out of order" : ""}.`,
  );
}

/** What the end of the run cut off. */
export function* openEnds({ summary: { totals, consumers } }: RecordedRun): Iterable<Finding> {
  for (const [name, of] of Object.entries(consumers))
    if (of.lowerBounds)
      yield {
        kind: "run",
        mood: "warn",
        says: say(
          of,
          ["consumers", name],
          "{unfinished:share} of the messages for {} were unfinished at the end: its waits and latencies are lower bounds.",
        ),
      };
  if (totals.unfinished > 0)
    yield {
      kind: "run",
      mood: "note",
      says: say(totals, ["totals"], "{unfinished|message} still on the way when the run ended."),
    };
}

const lossKinds: ReadonlySet<string> = new Set(["messagesLost", "leaderlessLost", "recordsCut"]);

function lostByBrokers(run: RecordedRun): Finding {
  const first = run.happened.find(({ kind }) => lossKinds.has(kind));
  const root = first && run.rootOf(first);
  const { totals } = run.summary;
  const says = say(totals, ["totals"], "The broker lost {lost.broker|message} that it had acknowledged");
  return {
    kind: "loss",
    mood: "bad",
    says: [...says, ...clause(first), ...(root === first ? [] : [": ", told(root!)]), "."],
    ...whence(
      first && first.where.name !== "" ? `${first.where.kind}:${first.where.name}` : undefined,
      first?.at,
      first && run.origin(first),
    ),
  };
}

/** What a consumer settles before it is done with it is lost when it fails or goes. */
function lostByConsumers(run: RecordedRun): Finding {
  const early = readings(run.setting).flatMap((consumer) => {
    const { settings } = consumer.from;
    const way = "commit" in settings ? `commit: ${settings.commit}` : `ack: ${settings.ack}`;
    return /before|auto|early/.test(way) ? [{ consumer, way }] : [];
  });
  const names = early.map(({ consumer }) => consumer.name);
  const { totals } = run.summary;
  const says = say(totals, ["totals"], "Consumers passed over {lost.consumer|message} unfinished");
  const first = run.happened.find(
    ({ kind, where, rule }) =>
      (where.kind === "consumer" &&
        (kind === "crashed" || kind === "evicted") &&
        names.some(({ text }) => text === where.name)) ||
      (kind === "offsetReset" && rule.endsWith("latest")),
  );
  const name = names.every(({ text }) => text === names[0]!.text) ? names[0] : undefined;
  const settled =
    name === undefined
      ? []
      : [
          ": ",
          { name: name.text },
          ...early.flatMap(({ consumer, way }, number) => [
            `${number === 0 ? " has" : " and"} \`${way}\``,
            ...(consumer.input === undefined ? [] : [" for ", ...sourcesNamed(consumer)]),
          ]),
        ];
  return {
    kind: "loss",
    mood: "bad",
    says: [...says, ...settled, ...clause(first), "."],
    ...whence(name && `consumer:${name.text}`, first?.at, name?.span ?? (first && run.origin(first))),
  };
}

/** Which consumers finished out of order, since when, and what of their settings allows it. */
export function* disorder(run: RecordedRun): Iterable<Finding> {
  const found = Object.entries(run.summary.consumers).filter(([, { order }]) => order.violations > 0);
  found.sort(([, a], [, b]) => b.order.violations - a.order.violations);
  for (const [name, of] of found.slice(0, 3)) {
    const node = `consumer:${name}`;
    const path = ["consumers", name];
    const first = run.evidence.disorder.get(name);
    const at = first === undefined ? undefined : first / nanosPerMilli;
    const consumer = run.setting.consumers.get(name);
    const inputs = run.inputsOf(name);
    const queues = inputs.filter(({ from }) => from.kind === "queue");
    const ranked = queues.filter((input) =>
      sourcesOf(input).some(({ text }) => run.argument(text, "x-max-priority") !== undefined),
    );
    const hands = consumer === undefined ? 1 : consumer.instances * consumer.concurrency;
    const rivals = queues
      .flatMap(sourcesOf)
      .flatMap(({ text }) => run.readersOf(`queue:${text}`))
      .filter((reader) => reader !== name);
    const competing = queues.length > 0 && (hands > 1 || rivals.length > 0);
    const moved = partitionsFound(run, inputs, at);
    const why =
      moved !== undefined
        ? ["; keys have changed their partitions since ", time(moved.at), ", when ", told(moved)]
        : competing
          ? hands === 1
            ? ["; ", { name: rivals[0]! }, " takes messages beside it"]
            : [
                "; ",
                count(hands),
                " of its handlers work side by side",
                ...(inputs.length > 1 ? [" on ", ...sourcesNamed(...queues)] : []),
              ]
          : ranked.length > 0
            ? [
                "; ",
                ...sourcesNamed(...ranked),
                ` ${plural(ranked.length, "delivers", "deliver")} by priority`,
              ]
            : of.redelivered > 0
              ? ["; ", ...say(of, path, `{redelivered} of {delivered} deliveries were repeated ones`)]
              : of.failed > 0
                ? ["; ", ...say(of, path, `{failed} deliveries failed and came back later`)]
                : [];
    const nodes = competing ? queues.flatMap(sourcesOf).map(({ text }) => `queue:${text}`) : [node];
    const keyless = isKeyless(run, name, nodes);
    yield {
      kind: "order",
      // Who sends without keys, and lets several work side by side, asks for no order.
      mood: keyless && (hands > 1 || competing) ? "note" : "warn",
      says: [
        ...say(
          of,
          path,
          `{} finished {order.violations|message} out of order: an earlier one ${keyless ? "" : "of the same key "}was unfinished`,
        ),
        ...(at === undefined ? [] : [", first at ", time(at)]),
        ...why,
        ".",
      ],
      ...whence(node, at, run.span("consumer", name)),
    };
  }
}

/** The topics or queues of inputs. */
function sourcesNamed(...inputs: readonly Consumer[]): Piece[] {
  return inputs
    .flatMap(sourcesOf)
    .flatMap(({ text }, number) => [...(number === 0 ? [] : [", "]), { name: text }]);
}

/** Whether nothing has a key that comes to these nodes, which are a consumer or among what it reads. */
function isKeyless(run: RecordedRun, consumer: string, nodes: readonly string[]): boolean {
  const way = new Set(nodes.flatMap((node) => [...run.wayTo(node)]));
  const { producers, consumers } = run.setting;
  const flows = [
    ...Array.from(producers.values(), ({ name, flows }) => ({ node: `producer:${name.text}`, flows })),
    ...Array.from(consumers.values(), ({ name, sends }) => ({
      node: name.text === consumer ? "" : `consumer:${name.text}`,
      flows: sends.filter(({ sameKey }) => !sameKey).map(({ flow }) => flow),
    })),
  ];
  return flows.every(({ node, flows }) => !way.has(node) || flows.every(({ key }) => key.kind === "none"));
}

/** Since when a producer of what the consumer reads has spread its keys over added partitions. */
function partitionsFound(run: RecordedRun, inputs: readonly Consumer[], before = 0) {
  const topics = inputs
    .flatMap(({ from }) => (from.kind === "log" ? from.topics : []))
    .map(({ text }) => text);
  const added = run.happened.find(
    ({ kind, at, where }) => kind === "partitionsAdded" && at <= before && topics.includes(where.name),
  );
  return (
    added && run.happened.find(({ kind, at }) => kind === "partitionsFound" && at >= added.at && at <= before)
  );
}

/** Members that had nothing to do while others had. */
export function* idleMembers(run: RecordedRun): Iterable<Finding> {
  for (const [name, { processed, instances }] of Object.entries(run.summary.consumers)) {
    const idle = instances.filter((one) => one.processed === 0 && one.utilization === 0);
    if (processed === 0 || idle.length === 0) continue;
    const inputs = run.inputsOf(name);
    const groups = inputs.flatMap(({ from }) =>
      from.kind === "log" && from.settings.share === undefined
        ? (run.summary.groups[from.group.text] ?? [])
        : [],
    );
    // By a queue or a share group it could work all the same, but by one that gives all to a single consumer.
    const single = inputs
      .flatMap(sourcesOf)
      .find(({ text }) => run.argument(text, "x-single-active-consumer") === true);
    const partitions = Math.max(0, ...groups.map((group) => group.partitions.length));
    const why =
      groups.length === inputs.length && partitions < instances.length
        ? [
            groups.length > 1 ? ": its groups have at most " : ": its group has ",
            count(partitions),
            ` ${plural(partitions, "partition")} to give out`,
          ]
        : single !== undefined
          ? ["; ", { name: single.text }, " has a single active consumer"]
          : [];
    const numbers = idle.map(({ instance }) => instance);
    const shown = numbers.slice(0, 5).join(", ");
    yield {
      kind: "idle",
      mood: "note",
      says: [
        `${plural(idle.length, "Instance")} ${shown}${numbers.length > 5 ? " …" : ""} of `,
        { name },
        " had nothing to do",
        ...why,
        ".",
      ],
      ...whence(`consumer:${name}`, undefined, run.span("consumer", name)),
    };
  }
}
