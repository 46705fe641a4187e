import { describe, expect, it } from "vitest";
import { run, steps } from "../../core/log/run-log.ts";
import { recorded } from "./recorded.ts";

interface Scenario {
  readonly name: string;
  readonly delivered?: readonly number[];
  readonly pollSizes?: readonly number[];
}

const { scenarios } = recorded("offset-scenarios") as { scenarios: readonly Scenario[] };
const recording = (name: string): Scenario => scenarios.find((one) => one.name === name)!;

/** Ten records, a consumer that starts later, and two more records. */
function file(config: string): string {
  return `
kafka: {topics: {t: {}}}
producers:
  before: {topic: t, arrivals: {bursts: {size: 10, every: 1h}}, messages: 10}
  after: {topic: t, arrivals: {schedule: [20s, 21s]}}
consumers:
  c: {topic: t, group: g, from: 5s, processing: {perBatch: 100ms, perMessage: 1ms}, config: {${config}}}
run: {duration: 30s}
`;
}

const delivered = (result: ReturnType<typeof run>): number[] =>
  steps(result, "takenUp").map(({ detail }) => detail);

describe("a consumer without a committed offset", () => {
  it.each([
    ["reset-no-committed-earliest", "earliest"],
    ["reset-no-committed-latest", "latest"],
  ])("%s", (name, reset) => {
    expect(delivered(run(file(`auto.offset.reset: ${reset}`)))).toEqual(recording(name).delivered);
  });
});

it("max-poll-records caps what one poll() returns; the rest stays in the client's buffer", () => {
  const result = run(file("auto.offset.reset: earliest, max.poll.records: 3"));
  const taken = steps(result, "takenUp").slice(0, 10);
  const ended = steps(result, "finished").slice(0, 10);
  // The first record of a poll takes 100 ms more.
  const firsts = taken.flatMap(({ at }, i) => (ended[i]!.at - at > 50 ? [i] : []));
  const sizes = firsts.map((first, i) => (firsts[i + 1] ?? 10) - first);
  expect(sizes).toEqual(recording("max-poll-records").pollSizes);
  // One fetch brought them all.
  expect(
    new Set(
      steps(result, "fetched")
        .slice(0, 10)
        .map(({ at }) => at),
    ).size,
  ).toBe(1);
});
