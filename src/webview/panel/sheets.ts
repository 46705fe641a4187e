import type { Format } from "../shared/format.ts";
import { dig, path } from "./figure.tsx";
import type { Alarm, Figure } from "./figure.tsx";
import { place } from "./result.ts";
import type { EntityKind, Result } from "./result.ts";

export interface Column {
  readonly head: string;
  /** Stands above several columns that follow each other. */
  readonly over?: string;
  readonly means: string;
  /** Path of the number inside the entry; of an object there, each number is shown with its key. */
  readonly at: string;
  readonly as: Format;
  readonly alarm?: Alarm | undefined;
}

export interface Row {
  readonly name: string;
  readonly at: number;
  /** By column; a cell may hold several numbers, or none. */
  readonly cells: readonly (readonly Figure[])[];
  readonly parts: readonly Row[];
}

/** A table of the summary, ready to be drawn. */
export interface Sheet extends Form {
  readonly rows: readonly Row[];
}

export const kinds = {
  producers: "producer",
  topics: "topic",
  groups: "group",
  exchanges: "exchange",
  queues: "queue",
  consumers: "consumer",
} as const satisfies Readonly<Record<string, EntityKind>>;

/** The parts of a summary that hold entries by name. */
export type Section = keyof typeof kinds;

interface Form {
  readonly section: Section;
  readonly caption: string;
  readonly columns: readonly Column[];
  /** Where an entry keeps its parts, which is also what they are called. */
  readonly parts?: "partitions" | "instances";
  /** Only entries that have this. */
  readonly having?: string;
  /** Likewise, and what the columns are of. */
  readonly within?: string;
}

const column = (head: string, means: string, at = head, as: Format = "count"): Column => ({
  head,
  means,
  at,
  as,
});

/** A number other than 0 here means that something went wrong. */
const fault = (head: string, means: string, at = head): Column => ({
  ...column(head, means, at),
  alarm: "warn",
});

const level = (over: string, means: string, as: Format = "count", at = over): readonly Column[] => [
  { over, ...column("max", `${means}: largest`, `${at}.max`, as) },
  { over, ...column("mean", `${means}: average over time`, `${at}.mean`, as) },
  { over, ...column("end", `${means}: when the run ended`, `${at}.end`, as) },
];

const times = (over: string, means: string): readonly Column[] => [
  { over, ...column("mean", `${means}: average`, `${over}.mean`, "duration") },
  ...["50", "90", "99", "99.9"].map((part) => ({
    over,
    ...column(
      `p${part}`,
      `${means}: ${part} % were no longer`,
      `${over}.p${part.replace(".", "")}`,
      "duration",
    ),
  })),
  { over, ...column("max", `${means}: longest`, `${over}.max`, "duration") },
];

/** In the order in which messages meet what the tables are about. */
const forms: readonly Form[] = [
  {
    section: "producers",
    caption: "Producers",
    columns: [
      column("sent", "handed to the client"),
      column("accepted", "taken by the broker and routed somewhere"),
      fault("refused", "refused by the broker"),
      fault("unroutable", "taken, but matched no queue"),
      column("returned", "mandatory and unroutable: sent back"),
      fault("timed out", "given up", "timedOut"),
      column("under way", "neither answered nor given up when the run ended", "underWay"),
    ],
  },
  {
    section: "producers",
    caption: "Requests",
    having: "roundTrip",
    columns: [
      column("answered", "requests that got their reply"),
      fault("unanswered", "requests that it gave up: timed out, refused, returned, or by its crash"),
      fault("late", "replies that nobody waited for any more", "lateReplies"),
      ...times("roundTrip", "From the intent to send a request to its reply"),
    ],
  },
  {
    section: "topics",
    caption: "Topics",
    parts: "partitions",
    columns: [
      column("leader", "broker that leads the partition"),
      column("log start", "first offset kept", "logStart"),
      column("log end", "offset that the next message gets", "logEnd"),
      column("size", "bytes of the partition", "bytes", "bytes"),
      column("on disk", "bytes of it on the broker's own disk", "localBytes", "bytes"),
      ...level("storage", "Bytes held", "bytes"),
      column("network", "bytes sent to leaders, followers and readers", "network", "bytes"),
      column("elections", "times that a leader was elected"),
    ],
  },
  {
    section: "groups",
    caption: "Consumer groups",
    parts: "partitions",
    columns: [
      ...level("lag", "Messages not yet committed by the group"),
      ...level("age", "Age of the oldest of them", "duration", "lag.time"),
      column("committed", "position of the group in the partition"),
      column("rebalances", "times that partitions were given out anew"),
      column("pause", "time without consumption", "pause", "duration"),
      fault("expired unread", "messages deleted before the group had read them", "expiredUnread"),
    ],
  },
  {
    section: "exchanges",
    caption: "Exchanges",
    columns: [
      column("published", "messages that arrived at the exchange"),
      fault("unroutable", "messages that matched no queue"),
    ],
  },
  {
    section: "queues",
    caption: "Queues",
    columns: [
      column("enqueued", "copies that entered the queue"),
      ...level("depth", "Ready messages"),
      ...level("unacked", "Messages delivered and not yet settled"),
      column("network", "bytes from publishers, between nodes and to consumers", "network", "bytes"),
      column("dead letters", "copies that left as dead letters, by reason", "deadLettered"),
      fault("expired", "copies that outlived their time to live"),
      fault("dropped", "copies that a rule of the queue removed, by rule"),
    ],
  },
  {
    section: "consumers",
    caption: "Consumers",
    parts: "instances",
    columns: [
      column("delivered", "deliveries"),
      column("again", "deliveries of what had been delivered before", "redelivered"),
      column("processed", "first successful ends of processing"),
      fault("duplicates", "further successful ends of the same message"),
      column("replayed", "messages finished again after a deliberate seek"),
      fault("skipped", "messages passed over after a failure"),
      column("failed", "deliveries whose processing failed"),
      fault(
        "violations",
        "messages finished while an earlier one of the same key, or of a queue without keys, was not",
        "order.violations",
      ),
      column("throughput", "finishes per second", "throughput", "rate"),
      column("busy", "time at work, of the time alive", "utilization", "share"),
      column(
        "blocked",
        "time with a message that waits, or for a commit, of the time alive",
        "blocked",
        "share",
      ),
      column(
        "rebalancing",
        "time without partitions for a rebalance, of the time alive",
        "rebalancing",
        "share",
      ),
    ],
  },
  {
    section: "consumers",
    caption: "Windows",
    within: "windows",
    columns: [
      column("closed", "windows that have closed, each sent on"),
      column("messages", "messages in them"),
      fault("late", "messages that came after their window had closed"),
      fault("keyless", "messages without a key, where each key has its windows"),
      fault("lost", "messages in windows that went with their instance or a partition"),
      column("open", "messages in windows that were open at the end"),
    ],
  },
  {
    section: "consumers",
    caption: "Joins",
    within: "join",
    columns: [
      column("pairs", "pairs, each sent on"),
      column("joined", "messages that have been in a pair"),
      column("alone", "messages that were let go without a partner", "expired"),
      column("late", "messages without a partner that came too late"),
      fault("keyless", "messages without what they would be joined by"),
      fault("lost", "messages without a partner when their instance or partition went"),
      column("waiting", "messages without a partner when the run ended"),
    ],
  },
  {
    section: "consumers",
    caption: "Changelogs",
    within: "changelog",
    columns: [
      column("written", "changes of state that were sent to the changelog"),
      column("restored", "tasks whose state was read back from it", "restores"),
      column("read", "records that were read for that"),
      column("longest", "how long a task stood still for it at most", "longest", "duration"),
      column("undone", "messages that were to be read again, as their change did not count yet"),
      column("reopened", "messages that had left the state since its last commit"),
    ],
  },
  {
    section: "consumers",
    caption: "Waits and latencies",
    columns: [
      ...times("wait", "From the intent to send to the moment a handler takes it up"),
      ...times("latency", "From the intent to send to the end of processing"),
      column(
        "unfinished",
        "of the messages sent; above 1 % the times are lower bounds",
        "unfinished",
        "share",
      ),
    ],
  },
];

/** The tables that have rows. */
export function sheets(result: Result): readonly Sheet[] {
  return forms
    .map((form) => ({ ...form, rows: rows(form, result) }))
    .filter((sheet) => sheet.rows.length > 0);
}

function rows(
  { section, columns, parts, within, having = within }: Form,
  { summary, graph }: Result,
): readonly Row[] {
  const entries: readonly [string, unknown][] = Object.entries(summary[section]);
  const shown = entries.filter(([, entry]) => having === undefined || dig(entry, [having]) !== undefined);
  const steps = within === undefined ? [] : [within];
  return shown.map(([name, entry]): Row => {
    const list = parts === undefined ? [] : (dig(entry, [parts]) as readonly Part[]);
    return {
      name,
      at: place(graph, kinds[section], name),
      cells: cells(columns, dig(entry, steps), [section, name, ...steps]),
      parts: list.map((part, index) => ({
        name: label(part),
        at: -1,
        cells: cells(columns, part, [section, name, parts ?? "", index]),
        parts: [],
      })),
    };
  });
}

type Part = { readonly topic?: string; readonly partition: number } | { readonly instance: number };

function label(part: Part): string {
  if ("instance" in part) return `${part.instance}`;
  return part.topic === undefined ? `p${part.partition}` : `p${part.partition} · ${part.topic}`;
}

function cells(
  columns: readonly Column[],
  entry: unknown,
  steps: readonly (string | number)[],
): Row["cells"] {
  return columns.map(({ at, as, alarm }): readonly Figure[] => {
    const inner = at.split(".");
    const value = dig(entry, inner);
    if (value === undefined) return [];
    if (value === null || typeof value === "number")
      return [{ path: path(...steps, ...inner), value, as, alarm }];
    return Object.entries(value).map(([key, number]: [string, number]) => ({
      path: path(...steps, ...inner, key),
      value: number,
      as,
      alarm,
      label: key,
    }));
  });
}
