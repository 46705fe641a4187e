import type { Row } from "./effects.ts";

/** A consumer that gathers in windows: two instances of the producer hold back for as long as 50 ms. */
const window = (text: string): readonly (readonly [string, string])[] => [
  ["rate: 100/s", "instances: 2, config: {linger.ms: 50ms}, rate: 100/s"],
  ["processing: 5ms", `processing: 5ms, window: {${text}}, sends: [{topic: u}]`],
];
const closed = "consumers.c.windows.closed";

/** Two topics of which messages meet, and a third one. */
const join = (text: string): readonly (readonly [string, string])[] => [
  ["u: {}", "s: {partitions: 4}, v: {partitions: 4}, u: {}"],
  [
    "producers:",
    "producers:\n  o: {topic: s, rate: 100/s, key: {values: 100}}\n  x: {topic: v, rate: 10/s, key: {values: 100}}",
  ],
  ["{topic: t, group: g", "{topics: [t, s, v], group: g"],
  ["processing: 5ms", `processing: 1ms, join: {${text}}, sends: [{topic: u}]`],
];
const pairs = "consumers.c.join.pairs";

/** What consumers gather before they send it on. */
export const streamEffects: readonly Row[] = [
  [
    "consumers.*.changelog",
    "log",
    "window: {tumbling: 4s}",
    "window: {tumbling: 4s}, changelog: s",
    "consumers.c.windows.lost",
    "down",
    ["u: {}", "s: {partitions: 4, config: {cleanup.policy: compact}}, u: {}"],
    ["processing: 5ms", "processing: 5ms, window: {tumbling: 4s}, sends: [{topic: u}]"],
    [
      "run: {duration: 20s}",
      "run: {duration: 20s}\ntimeline: [{at: 5s, crash: {consumer: c}}, {at: 6s, start: {consumer: c}}]",
    ],
  ],
  [
    "consumers.*.window.tumbling",
    "log",
    "tumbling: 1s",
    "tumbling: 2s",
    closed,
    "down",
    ...window("tumbling: 1s"),
  ],
  [
    "consumers.*.window.hopping.size",
    "log",
    "size: 2s",
    "size: 4s",
    "consumers.c.windows.messages",
    "up",
    ...window("hopping: {size: 2s, every: 1s}"),
  ],
  [
    "consumers.*.window.hopping.every",
    "log",
    "every: 1s",
    "every: 2s",
    closed,
    "down",
    ...window("hopping: {size: 2s, every: 1s}"),
  ],
  [
    "consumers.*.window.session",
    "log",
    "session: 200ms",
    "session: 2s",
    closed,
    "down",
    ...window("session: 200ms, by: key"),
  ],
  [
    "consumers.*.window.grace",
    "log",
    "grace: 0s",
    "grace: 60ms",
    "consumers.c.windows.late",
    "down",
    ...window("tumbling: 500ms, grace: 0s"),
  ],
  [
    "consumers.*.window.by",
    "log",
    "tumbling: 1s, by: key",
    "tumbling: 1s",
    closed,
    "down",
    ...window("tumbling: 1s, by: key"),
  ],
  [
    "consumers.*.join.of",
    "log",
    "of: [t, s]",
    "of: [t, v]",
    pairs,
    "down",
    ...join("of: [t, s], by: key, within: 1s"),
  ],
  [
    "consumers.*.join.by",
    "log",
    "by: key",
    "by: correlation",
    pairs,
    "down",
    ...join("of: [t, s], by: key, within: 1s"),
  ],
  [
    "consumers.*.join.within",
    "log",
    "within: 1s",
    "within: 2s",
    pairs,
    "up",
    ...join("of: [t, s], by: key, within: 1s"),
  ],
];
