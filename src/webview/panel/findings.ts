import { plural } from "../shared/format.ts";
import { brief, longestMessage } from "../shared/name.tsx";
import type { Format } from "../shared/format.ts";
import { dig, path } from "./figure.tsx";
import type { Figure } from "./figure.tsx";
import { place } from "./result.ts";
import type { Level, Result } from "./result.ts";
import { kinds } from "./sheets.ts";
import type { Section } from "./sheets.ts";

export type Mood = "bad" | "warn" | "note" | "ok";

/** A piece of a sentence: a text, a name from the file, or a number of the summary. */
export type Piece = string | { readonly name: string } | Figure;

export interface Finding {
  readonly mood: Mood;
  readonly says: readonly Piece[];
  /** When it was, ms, to go there. */
  readonly at?: number;
  /** What it is about, to show in the file; undefined where it is about the run as a whole. */
  readonly about?: { readonly start: number; readonly end: number };
}

const gravity: Readonly<Record<Mood, number>> = { bad: 0, warn: 1, ok: 2, note: 3 };

/** What the summary says in sentences, the gravest first. Nothing here is guessed: causes are not in a summary. */
export function findings(result: Result): readonly Finding[] {
  const found = [...ofRun(result), ...ofThings(result)];
  return found.sort((a, b) => gravity[a.mood] - gravity[b.mood]);
}

/**
 * A sentence with holes: `{}` is the name of what it is about, `{depth.max}` the number at that path,
 * `{expired|message}` the number with its noun, `{utilization:share}` the number in another format; `{*}` is the
 * number at `star`, and `{reason}` the last step of that path.
 */
function say(
  entry: unknown,
  at: readonly string[],
  sentence: string,
  star: readonly string[] = [],
): readonly Piece[] {
  return sentence.split(/[{}]/).flatMap((text, index): Piece[] => {
    if (index % 2 === 0) return text === "" ? [] : [text];
    if (text === "") return [{ name: at[1] ?? "" }];
    if (text === "reason") return [brief(star.at(-1) ?? "")];
    const [steps = "", noun] = text.split("|");
    const [where = "", as = "count"] = steps.split(":");
    const inner = where === "*" ? star : where.split(".");
    const figure: Figure = {
      path: path(...at, ...inner),
      value: Number(dig(entry, inner)),
      as: as as Format,
    };
    return noun === undefined ? [figure] : [figure, ` ${plural(figure.value ?? 0, noun)}`];
  });
}

function* ofRun({ summary }: Result): Iterable<Finding> {
  const { totals, stopped, problems, queues, consumers } = summary;
  const told = (mood: Mood, sentence: string): Finding => ({ mood, says: say(totals, ["totals"], sentence) });
  if (stopped.startsWith("limit:"))
    yield {
      mood: "warn",
      says: [`The run stopped early, at a limit (${stopped.slice(6)}): the numbers cover what ran.`],
    };
  for (const { message } of problems) yield { mood: "warn", says: [brief(message, longestMessage)] };
  if (totals.lost.broker > 0)
    yield told("bad", "The broker lost {lost.broker|message} that it had acknowledged.");
  if (totals.lost.consumer > 0)
    yield told("bad", "Consumers passed over {lost.consumer|message} without finishing them.");
  if (totals.unfinished > 0) yield told("note", "{unfinished|message} still on the way when the run ended.");
  for (const [name, of] of Object.entries(consumers))
    if (of.lowerBounds)
      yield {
        mood: "warn",
        says: say(
          of,
          ["consumers", name],
          "{unfinished:share} of the messages for {} were unfinished at the end: its waits and latencies are lower bounds.",
        ),
      };
  if (totals.sent === 0) return yield told("warn", "No message was sent inside the window.");

  const gone =
    totals.lost.broker +
    totals.lost.consumer +
    totals.dropped +
    totals.unroutable +
    totals.refused +
    totals.skipped;
  const expired = Object.values(queues).some((queue) => queue.expired > 0);
  const ordered = Object.values(consumers).every(({ order }) => order.violations === 0);
  if (gone > 0 || expired) return;
  yield told(
    "ok",
    `Nothing was lost, refused, dropped or left unrouted${ordered ? ", and nothing was finished out of order" : ""}.`,
  );
}

/** A level that ends near its maximum, of a size that chance alone seldom reaches, has not been worked off. */
const piled = ({ max, end }: Level): boolean => max >= 100 && end >= 0.8 * max;

interface Rule {
  readonly section: Section;
  /** Of the things where the number at this path is above 0, the ones where it is largest are told. */
  readonly by: string;
  readonly most?: number;
  readonly mood: (entry: never) => Mood;
  readonly says: string;
}

const warn = (): Mood => "warn";
const note = (): Mood => "note";

const rules: readonly Rule[] = [
  {
    section: "consumers",
    by: "order.violations",
    mood: warn,
    says: "{} finished {order.violations|message} out of order: an earlier one (of the same key, if they have keys) was unfinished.",
  },
  {
    section: "exchanges",
    by: "unroutable",
    mood: warn,
    says: "{unroutable} of {published|message} published to {} matched no queue.",
  },
  { section: "queues", by: "dropped.*", mood: warn, says: "{} dropped {*|message} ({reason})." },
  { section: "queues", by: "expired", mood: warn, says: "{expired|message} expired in {}." },
  {
    section: "producers",
    by: "refused",
    mood: warn,
    says: "Of {sent|message} of {}, the broker refused {refused}.",
  },
  {
    section: "producers",
    by: "timedOut",
    mood: warn,
    says: "{} gave up {timedOut|message} after its time-out.",
  },
  {
    section: "consumers",
    by: "skipped",
    mood: warn,
    says: "{} skipped {skipped|message} that it failed to process.",
  },
  {
    section: "consumers",
    by: "duplicates",
    mood: warn,
    says: "{} processed {duplicates|message} again that it had finished before.",
  },
  {
    section: "groups",
    by: "lag.max",
    most: 1,
    mood: ({ lag }: { readonly lag: Level }) => (piled(lag) ? "warn" : "note"),
    says: "The longest lag was {lag.max}, in group {}: {lag.mean} on average, {lag.end} at the end.",
  },
  {
    section: "queues",
    by: "depth.max",
    most: 1,
    mood: ({ depth }: { readonly depth: Level }) => (piled(depth) ? "warn" : "note"),
    says: "The deepest queue was {}, with {depth.max|message} ready: {depth.mean} on average, {depth.end} at the end.",
  },
  {
    section: "consumers",
    by: "utilization",
    most: 1,
    mood: ({ utilization }: { readonly utilization: number }) => (utilization >= 0.9 ? "warn" : "note"),
    says: "The busiest consumer was {}, at work {utilization:share} of the time.",
  },
  {
    section: "queues",
    by: "deadLettered.*",
    mood: note,
    says: "{*|message} left {} as dead letters ({reason}).",
  },
  {
    section: "consumers",
    by: "failed",
    mood: note,
    says: "{failed} of {delivered} deliveries to {} failed.",
  },
];

/** A list of hundreds is no finding. */
const mostOfOne = 3;

function* ofThings(result: Result): Iterable<Finding> {
  for (const { section, by, most, mood, says } of rules) {
    const found = Object.entries(result.summary[section]).flatMap(([name, entry]: [string, unknown]) =>
      amounts(entry, by).map((at) => ({ name, entry, at, amount: Number(dig(entry, at)) })),
    );
    const largest = found.filter(({ amount }) => amount > 0).sort((a, b) => b.amount - a.amount);
    for (const { name, entry, at } of largest.slice(0, most ?? mostOfOne)) {
      const start = place(result.graph, kinds[section], name);
      yield {
        mood: mood(entry as never),
        says: say(entry, [section, name], says, at),
        about: { start, end: start + name.length },
      };
    }
  }
}

/** The paths that a rule looks at: `dropped.*` is one for each reason. */
function amounts(entry: unknown, by: string): readonly (readonly string[])[] {
  const steps = by.split(".");
  if (steps[1] !== "*") return [steps];
  return Object.keys((dig(entry, steps.slice(0, 1)) as object | undefined) ?? {}).map((reason) => [
    steps[0] ?? "",
    reason,
  ]);
}
