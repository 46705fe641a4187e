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
