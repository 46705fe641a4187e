import type { Row } from "./effects.ts";

type Change = readonly [from: string, to: string];

const limited = (limits: string, config = ""): Change => [
  "kafka: {",
  `kafka: {quotas: {${limits}}, ${config}`,
];
const latency = "consumers.c.latency.mean";

/** What quotas move: a producer of 100 records of a KiB a second. */
export const quotaEffects: readonly Row[] = [
  [
    "kafka.quotas.*.produce",
    "log",
    "produce: 200kB/s",
    "produce: 60kB/s",
    latency,
    "up",
    limited("p: {produce: 200kB/s}"),
  ],
  [
    "kafka.quotas.*.fetch",
    "log",
    "fetch: 200kB/s",
    "fetch: 60kB/s",
    latency,
    "up",
    limited("c: {fetch: 200kB/s}"),
  ],
];
