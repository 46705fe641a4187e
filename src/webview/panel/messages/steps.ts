import { format, plural } from "../../shared/format.ts";
import { place as placeInFile } from "../result.ts";
import type { EntityKind, Graph, Piece, Result } from "../result.ts";
import { textOf, type Journeys } from "./journeys.ts";

/** One step of a message's journey. */
export interface Step {
  /** Milliseconds since the application meant to send it. */
  readonly after: number;
  readonly mood: "ok" | "warn" | "bad" | "note";
  readonly says: readonly Piece[];
  /** Offsets in the file of what the step is about. */
  readonly about: { readonly start: number; readonly end: number };
}

interface Here {
  readonly name: { readonly name: string };
  /** Of a partition or an instance, with a space before it. */
  readonly number: string;
  readonly kind: string;
  readonly detail: number;
  /** What `detail` names. */
  readonly text: string;
  /** The routing key of the message, once a broker has it. */
  readonly routingKey: string;
  /** Of the exchange, by what they bind. */
  readonly bindings: readonly string[];
  readonly alternate: boolean;
  /** How it was lost. */
  readonly loss: Loss | undefined;
}

type Loss = Result["trace"]["losses"][number];
type Fault = NonNullable<Loss["fault"]>;
type Telling = (here: Here) => readonly Piece[];

const nanosPerMilli = 1e6;

const partition = ({ name, number }: Here): readonly Piece[] => [
  name,
  number === "" ? "" : ` partition${number}`,
];
const instance = ({ name, number }: Here): readonly Piece[] => [name, number];

/** Why a queue let go of a message, by the reason that the broker gives. */
const reasons: Readonly<Record<string, string>> = {
  rejected: "a consumer rejected it",
  expired: "it had outlived its time to live",
  maxlen: "the queue was at its length limit (x-overflow: drop-head takes the oldest)",
  delivery_limit: "it had come back more often than x-delivery-limit allows",
  purged: "the queue was purged",
};

const tellings: Readonly<Record<string, Telling>> = {
  sent: (here) => [
    here.name,
    " had it to send",
    ...(here.detail < 0 ? [] : [", with the key ", { quote: here.text }]),
  ],
  clientDone: () => ["Its client had packed it up"],
  batchClosed: ({ detail }) => [`Its batch closed with ${detail} ${plural(detail, "record")}`],
  requestSent: () => ["The batch left in a request to its partition's leader"],
  brokerReceived: (here) =>
    here.kind === "producer"
      ? ["The broker received the request"]
      : [
          `The broker received it for ${here.kind} `,
          here.name,
          ...(here.text === "" ? [] : [", routing key ", { quote: here.routingKey }]),
        ],
  appended: (here) => [...partition(here), ` took it as offset ${here.detail}`],
  replicated: (here) => ["All in-sync replicas of ", ...partition(here), " have it: groups may read it"],
  acknowledged: ({ name }) => [name, " learned that it had arrived"],
  routed: (here) =>
    here.detail === 0
      ? [here.name, " found nowhere to send it"]
      : [here.name, ` routed it to ${here.detail} ${plural(here.detail, "queue")}`],
  unroutable: (here) => {
    const { routingKey, bindings, alternate } = here;
    const many = bindings.length;
    const message: readonly Piece[] = routingKey === "" ? ["it"] : ["key ", { quote: routingKey }];
    return [
      ...(many === 0
        ? ["Not routed: nothing is bound to "]
        : ["Not routed: ", ...message, ` matches none of ${many} ${plural(many, "binding")} of `]),
      here.name,
      alternate ? ", and its alternate exchange leads nowhere" : ", which has no alternate exchange",
    ];
  },
  returned: ({ name }) => [name, " got it back (mandatory)"],
  enqueued: (here) => [
    "Queue ",
    here.name,
    here.detail === 0 ? " took it, at its head" : ` took it, behind ${here.detail} ready`,
  ],
  dispatched: (here) => ["Queue ", here.name, here.detail > 0 ? " sent it out again" : " sent it out"],
  fetched: (here) => ["A fetch took it from ", ...partition(here)],
  received: (here) => [...instance(here), here.detail > 0 ? " received it, redelivered" : " received it"],
  takenUp: (here) => [...instance(here), " took it up"],
  finished: (here) => [...instance(here), " finished it"],
  failed: (here) => [...instance(here), " failed to process it"],
  settled: (here) => ["Queue ", here.name, " deleted it: it was acknowledged"],
  requeued: (here) => ["Queue ", here.name, " took it back, to deliver it again"],
  rejected: (here) => ["Queue ", here.name, " was told that it was rejected"],
  dropped: (here) => [...dropper(here), reasons[here.text] ?? here.text],
  committed: (here) => ["A group committed past it in ", ...partition(here)],
  skipped: (here) => [...instance(here), " passed over it"],
  deadLettered: (here) => [
    "Queue ",
    here.name,
    ` sent it to its dead-letter exchange: ${reasons[here.text] ?? here.text}`,
  ],
  lost: (here) => [...loser(here), here.loss?.says ?? ""],
};

function dropper({ kind, name }: Here): readonly Piece[] {
  if (kind === "producer") return [name, " gave it up: "];
  return kind === "group" ? ["Group ", name, " never finishes it: "] : ["Queue ", name, " dropped it: "];
}

function loser(here: Here): readonly Piece[] {
  if (here.kind === "broker") return [`Broker${here.number} never took it: `];
  if (here.kind === "queue") return ["Queue ", here.name, " lost it: "];
  return [...(here.kind === "topic" ? partition(here) : instance(here)), " lost it: "];
}

const moods: Readonly<Record<string, Step["mood"]>> = {
  finished: "ok",
  failed: "warn",
  requeued: "warn",
  rejected: "warn",
  deadLettered: "warn",
  returned: "warn",
  skipped: "bad",
  unroutable: "bad",
  dropped: "bad",
  lost: "bad",
};

/** A message's whole way in sentences, with the faults that it was lost by. */
export function stepsOf(journeys: Journeys, { graph, trace }: Result, message: number): readonly Step[] {
  let routingKey = "";
  const faults = new Map<string, Step>();
  const sent = journeys.sent[message]!;
  const key = textOf(trace, journeys.key[message] ?? -1) ?? "";
  const steps = [...journeys.rowsOf(message)].flatMap((row): Step[] => {
    const station = trace.stations[trace.station[row]!] ?? "";
    const { kind = "", name = "", number = null } = trace.places[trace.place[row]!] ?? {};
    const detail = trace.detail[row]!;
    const text = textOf(trace, detail) ?? "";
    if (station === "brokerReceived" && kind !== "producer") routingKey = text.replaceAll("{key}", key);
    const loss = station === "lost" ? trace.losses[detail] : undefined;
    if (loss?.fault) faults.set(`${loss.fault.at} ${loss.fault.says}`, faultStep(loss.fault, sent));
    const here: Here = {
      name: { name },
      number: number === null ? "" : ` ${number}`,
      kind,
      detail,
      text,
      routingKey,
      loss,
      ...boundTo(graph, `${kind}:${name}`),
    };
    const tell = tellings[station];
    if (tell === undefined) return [];
    const about = loss?.setBy === "sender" ? trace.places[journeys.producer[message]!] : { kind, name };
    const start = placeInFile(graph, about?.kind as EntityKind, about?.name ?? "");
    return [
      {
        after: trace.time[row]! / nanosPerMilli - sent,
        mood: moods[station] ?? "note",
        says: tell(here).filter((piece) => piece !== ""),
        about: { start, end: start + (about?.name.length ?? 0) },
      },
    ];
  });
  // Of one time the fault comes first.
  return [...faults.values(), ...steps].sort((a, b) => a.after - b.after);
}

function faultStep({ at, says, span }: Fault, sent: number): Step {
  return { after: at - sent, mood: "warn", says: [{ quote: says }], about: span };
}

function boundTo({ edges }: Graph, exchange: string): Pick<Here, "bindings" | "alternate"> {
  const labels = edges.filter(({ from }) => from === exchange).flatMap(({ label }) => label.split(", "));
  const bindings = labels.filter((label) => label !== "alternate");
  return { bindings, alternate: bindings.length < labels.length };
}

/** `+5.1 ms`, for the eye to run down; what a message was lost by may have been before it. */
export function since(after: number): string {
  return `${after < 0 ? "−" : "+"}${format(Math.abs(after), "duration")}`;
}
