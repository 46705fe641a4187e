import type { Row } from "./effects.ts";

/** A consumer that gathers in windows: two instances of the producer hold back for as long as 50 ms. */
const window = (text: string): readonly (readonly [string, string])[] => [
  ["rate: 100/s", "instances: 2, config: {linger.ms: 50ms}, rate: 100/s"],
  ["processing: 5ms", `processing: 5ms, window: {${text}}, sends: [{topic: u}]`],
];
const closed = "consumers.c.windows.closed";

/** What consumers gather before they send it on. */
export const streamEffects: readonly Row[] = [
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
];
