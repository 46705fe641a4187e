import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { check, parse } from "../../src/core/index.ts";
import { simulate } from "../../src/core/run.ts";

const folder = new URL("../../examples/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".topology.yaml"));
const seeds = [1, 2, 3, 4, 5];

/** Each example names a change, written `# Change \`this\` to \`that\``, that breaks one of its expectations. */
function changed(text: string): string {
  const match = /^# Change `(?<from>[^`]*)` to `(?<to>[^`]*)`/m.exec(text);
  const { from, to } = { from: "", to: "", ...match?.groups };
  expect(text.split(from), `'${from}' stands once in the file, beside the comment`).toHaveLength(3);
  return text.replace(from, to);
}

function outcomes(text: string, seed: number): { metric: string; actual: number | null; holds: boolean }[] {
  const { topology } = parse(text);
  const { summary } = simulate(topology, { seed, auditEvery: 1000 });
  return summary.expect.map(({ metric, actual, holds }) => ({ metric, actual, holds }));
}

it("covers the ideas of the field", () => {
  expect(files).toEqual([
    "acks.topology.yaml",
    "audit.topology.yaml",
    "bank.topology.yaml",
    "broker-crash.topology.yaml",
    "burst.topology.yaml",
    "clicks-per-page.topology.yaml",
    "clicks.topology.yaml",
    "delayed-delivery.topology.yaml",
    "head-of-line.topology.yaml",
    "hot-partition.topology.yaml",
    "hybrid.topology.yaml",
    "meters.topology.yaml",
    "orders.topology.yaml",
    "outrun-by-retention.topology.yaml",
    "paid-orders.topology.yaml",
    "pipeline.topology.yaml",
    "poison-message.topology.yaml",
    "priority.topology.yaml",
    "profiles.topology.yaml",
    "rebalance-pause.topology.yaml",
    "rebalance-storm.topology.yaml",
    "retry-backoff.topology.yaml",
    "routing.topology.yaml",
    "rpc.topology.yaml",
    "single-writer.topology.yaml",
    "tickets.topology.yaml",
    "work-queue.topology.yaml",
  ]);
});

describe.each(files)("%s", (name) => {
  const text = readFileSync(new URL(name, folder), "utf8");

  it("checks clean", () => {
    expect(check(text)).toEqual([]);
  });

  it.each(seeds)("keeps its expectations with seed %i", (seed) => {
    const all = outcomes(text, seed);
    expect(all.length).toBeGreaterThan(0);
    expect(all.filter(({ holds }) => !holds)).toEqual([]);
  });

  it("breaks an expectation by the change that it names", () => {
    expect(outcomes(changed(text), 1).filter(({ holds }) => !holds)).not.toEqual([]);
  });
});
