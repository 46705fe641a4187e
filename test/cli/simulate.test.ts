import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "../../src/core/index.ts";
import { simulate, summaryText } from "../../src/core/run.ts";
import { commandLine } from "./brokerlab.ts";

const topology = (below: string) => `topology: 1
name: Mail
rabbitmq: {queues: {mail: {}}}
producers: {shop: {queue: mail, rate: 50/s}}
consumers: {mailer: {queue: mail, prefetch: 5, processing: {exponential: 5ms}}}
run: {duration: 10s, warmup: 1s, seed: 3}
expect: [{metric: latency.p99, of: {consumer: mailer}, below: ${below}}]
`;
const { run, folder } = commandLine({
  "mail.topology.yaml": topology("1s"),
  "strict.topology.yaml": topology("1us"),
  "broken.topology.yaml": topology("soon"),
  "swept.topology.yaml": `${topology("1s")}sweep: {producers.shop.rate: {from: 50/s, to: 150/s, steps: 3}, consumers.mailer.prefetch: [1, 9]}\n`,
  "contradicted.topology.yaml": `${topology("1s")}sweep: {producers.shop.from: [1s, 5s], producers.shop.until: [3s]}\n`,
  "timed.topology.yaml": `${topology("10s")}timeline: [{at: 2s, for: 1s, crash: {consumer: mailer}}]\n`,
  "repeated.topology.yaml": topology("1s").replace("seed: 3", "seed: 3, repeat: 4"),
});

describe("simulate", () => {
  test("--json prints the bytes of the engine's own summary", () => {
    const { status, stdout } = run("simulate", "mail.topology.yaml", "--json");
    expect(status).toBe(0);
    expect(stdout).toBe(summaryText(simulate(parse(topology("1s")).topology).summary));
    expect(JSON.parse(stdout)).toMatchObject({
      format: 1,
      name: "Mail",
      seed: 3,
      stopped: "duration",
      expect: [{ metric: "latency.p99", holds: true }],
    });
  });

  test("--seed stands in place of the file's", () => {
    const { stdout } = run("simulate", "mail.topology.yaml", "--json", "--seed", "8");
    expect(stdout).toBe(summaryText(simulate(parse(topology("1s")).topology, { seed: 8 }).summary));
  });

  test("--out writes the JSON beside what is printed", () => {
    const { stdout } = run("simulate", "mail.topology.yaml", "--out", "result.json");
    expect(stdout).toContain("consumer mailer:");
    expect(readFileSync(join(folder(), "result.json"), "utf8")).toBe(
      run("simulate", "mail.topology.yaml", "--json").stdout,
    );
  });

  test("says what came of it in words", () => {
    const { stdout } = run("simulate", "mail.topology.yaml");
    expect(stdout).toMatch(/^Mail: 9 s counted, seed 3, calibration lan, stopped by duration\n/u);
    expect(stdout).toMatch(/^holds: latency\.p99 of consumer mailer below 1000, was /mu);
  });

  test("answers 1 where an expectation does not hold", () => {
    const { status, stdout } = run("simulate", "strict.topology.yaml");
    expect(status).toBe(1);
    expect(stdout).toMatch(/^FAILS: latency\.p99 of consumer mailer below 0\.001, was /mu);
  });

  test("answers 1 for a file with errors, and does not run it", () => {
    const { status, stdout, stderr } = run("simulate", "broken.topology.yaml");
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain("broken.topology.yaml:7:63: error bad-value");
    expect(stderr).toContain("so it was not run");
  });
});

test.each([
  ["simulate"],
  ["simulate", "a", "b"],
  ["simulate", "mail.topology.yaml", "--seed", "x"],
  ["simulate", "mail.topology.yaml", "--seed", "-1"],
  ["simulate", "mail.topology.yaml", "--sed", "1"],
])("%s %s %s %s is bad use", (...words) => {
  const { status, stderr } = run(...words.filter((word) => word !== undefined));
  expect(status).toBe(2);
  expect(stderr).toContain("Usage:");
});

test("a missing file and a folder to write to that is not there are answered with 2", () => {
  expect(run("simulate", "nowhere.topology.yaml")).toMatchObject({ status: 2, stdout: "" });
  expect(run("simulate", "mail.topology.yaml", "--out", "nowhere/result.json").status).toBe(2);
});

test("what happened is told in its order", () => {
  const { stdout } = run("simulate", "timed.topology.yaml");
  expect(stdout).toContain("\nat 2 s consumer mailer crashed\nat 2 s queue mail took back ");
  expect(stdout).toContain("\nat 3 s consumer mailer started\n");
});

describe("many runs", () => {
  test("runs a file with a sweep once for each combination of its values", () => {
    const { status, stdout } = run("simulate", "swept.topology.yaml", "--json");
    expect(status).toBe(0);
    const runs = JSON.parse(stdout) as { point: object; summary: { totals: { sent: number } } }[];
    expect(runs.map(({ point }) => Object.values(point).join())).toEqual([
      "50/s,1",
      "50/s,9",
      "100/s,1",
      "100/s,9",
      "150/s,1",
      "150/s,9",
    ]);
    const alone = parse(
      topology("1s").replace("rate: 50/s", "rate: 100/s").replace("prefetch: 5", "prefetch: 9"),
    );
    const { expect: outcomes, ...expected } = simulate(alone.topology).summary;
    expect(runs[3]!.summary).toMatchObject(expected);
    expect(outcomes[0]!.holds).toBe(true);
  });

  test("prints a sweep as a table, a row a point", () => {
    const { stdout } = run("simulate", "swept.topology.yaml");
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(7);
    expect(lines[0]).toMatch(
      /^producers\.shop\.rate {2}consumers\.mailer\.prefetch {2}latency\.p99 of mailer$/u,
    );
    expect(lines[4]).toMatch(/^100\/s +9 +[\d.]+$/u);
  });

  test("tells a point that is wrong by its combination, and runs none", () => {
    const { status, stdout, stderr } = run("simulate", "contradicted.topology.yaml");
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("producers.shop.from 5s, producers.shop.until 3s: `until` is `3s`");
  });

  test("tells of several runs the means and how sure they are", () => {
    const { status, stdout } = run("simulate", "repeated.topology.yaml");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Mail: 9 s counted, 4 runs, seeds 3 to 6, means ± 95% intervals, /u);
    expect(stdout).toMatch(/^holds: latency\.p99 of consumer mailer below 1000, was [\d.]+ ± [\d.]+$/mu);
    expect(stdout).toMatch(/^consumer mailer: [\d.]+ ± [\d.]+ processed, /mu);
  });
});
