import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, translate } from "../../src/core/index.ts";
import { commandLine } from "./brokerlab.ts";

const clicks = `topology: 1
name: Clicks
kafka: {topics: {clicks: {partitions: 2}}}
producers: {web: {topic: clicks, rate: 50/s, config: {linger.ms: 1ms}}}
consumers: {reader: {topic: clicks, group: readers, processing: 2ms}}
run: {duration: 4s, warmup: 1s, seed: 3}
expect: [{metric: lag.max, of: {group: readers}, below: 100}]
`;
const { run, folder } = commandLine({
  "clicks.topology.yaml": clicks,
  "broken.topology.yaml": clicks.replace("rate: 50/s", "rate: soon"),
  "repeated.topology.yaml": clicks.replace("seed: 3}", "seed: 3, repeat: 3}"),
  "empty.topology.yaml": "topology: 1\n",
});

describe("translate", () => {
  test("prints the file, and on standard error what has no equal, with its place", () => {
    const { status, stdout, stderr } = run("translate", "clicks.topology.yaml");
    expect(status).toBe(0);
    expect(stdout).toBe(translate(parse(clicks))?.text);
    expect(stdout).toMatch(/^# The same workload, told as queues \(RabbitMQ\)\.\n/u);
    expect(stderr).toMatch(
      /^clicks\.topology\.yaml:4:\d+: note: producers\.web: `linger\.ms`: Kafka's own/mu,
    );
    expect(stderr).not.toContain("error");
  });

  test.each<[words: readonly string[], status: number, says: string]>([
    [["translate"], 2, "translate needs one file"],
    [["translate", "clicks.topology.yaml", "--to", "tape"], 2, "--to is `tape`: expected log or queues"],
    [["translate", "clicks.topology.yaml", "--to", "log"], 2, "is a log already; translate it to queues"],
    [["translate", "empty.topology.yaml"], 2, "has no topics and no queues"],
    [["translate", "broken.topology.yaml"], 1, "has errors, so it was not translated"],
    [["compare-models", "broken.topology.yaml"], 1, "has errors, so it was not run"],
    [["compare-models", "clicks.topology.yaml", "--seed", "x"], 2, "--seed is `x`"],
    [["compare-models"], 2, "compare-models needs one file"],
  ])("%j answers %i", (words, status, says) => {
    const answer = run(...words);
    expect(answer).toMatchObject({ status, stdout: "" });
    expect(answer.stderr).toContain(says);
  });
});

describe("compare-models", () => {
  test("prints the figures of both side by side", () => {
    const { status, stdout } = run("compare-models", "clicks.topology.yaml");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Clicks in both models: 3 s counted, seed 3\n/u);
    expect(stdout).toMatch(/as written +as queues/u);
    expect(stdout).toMatch(/^producer web +sent +(\d+) +\1$/mu);
    expect(stdout).toMatch(/^consumer reader +latency p99 +[\d.]+ ms +[\d.]+ ms/mu);
    expect(stdout).toMatch(/^consumer reader +lag or depth at most/mu);
  });

  test("of several runs prints means with their intervals, and what may be chance", () => {
    const { status, stdout } = run("compare-models", "repeated.topology.yaml");
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^Clicks in both models: 3 s counted, 3 runs of each, seeds 3 to 5, means ± 95% intervals\n/u,
    );
    expect(stdout).toMatch(/^consumer reader +latency p99 +[\d.]+ ms ± [\d.]+ ms +[\d.]+ ms ± [\d.]+ ms/mu);
  });

  test("--json has the figures, the notes, both summaries and the other file; --out writes it", () => {
    const { stdout } = run(
      "compare-models",
      "clicks.topology.yaml",
      "--json",
      "--seed",
      "8",
      "--out",
      "both.json",
    );
    expect(readFileSync(join(folder(), "both.json"), "utf8")).toBe(stdout);
    const answer = JSON.parse(stdout);
    expect(answer).toMatchObject({
      to: ["queues"],
      own: { seed: 8, groups: { readers: {} } },
      other: { seed: 8, queues: { readers: {} } },
      otherFile: translate(parse(clicks))?.text,
    });
    expect(answer.own.totals.sent).toBe(answer.other.totals.sent);
    expect(answer.figures).toContainEqual({
      name: "sent",
      as: "count",
      own: answer.own.totals.sent,
      other: answer.other.totals.sent,
      chance: false,
      verdict: "same",
    });
    expect(answer.notes[0].where).toBe("producers.web");
    expect(run("compare-models", "clicks.topology.yaml", "--json", "--seed", "8").stdout).toBe(stdout);
  });
});
