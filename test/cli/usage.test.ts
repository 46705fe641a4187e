import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commandLine } from "./brokerlab.ts";

const { run } = commandLine({ "no-recording.json": "topology: 1\n" });

const commands = ["check", "simulate", "compare-models", "translate", "draw", "conform"];

test("--help tells every command, and after a command that one alone", () => {
  const { status, stdout } = run("--help");
  expect(status).toBe(0);
  for (const command of commands) {
    expect(stdout).toContain(`\n  brokerlab ${command} `);
    const own = run(command, "--help");
    expect(own.status).toBe(0);
    const told = new Set(Array.from(own.stdout.matchAll(/^ {2}brokerlab (\S+)/gmu), ([, name]) => name));
    expect([...told]).toEqual([command]);
    expect(stdout).toContain(own.stdout.replace("Usage:\n", ""));
  }
  expect(run("help")).toEqual(run("--help"));
  expect(run("-h")).toEqual(run("--help"));
});

test("--version tells the version of the package", () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8")) as {
    version: string;
  };
  expect(run("--version")).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
});

test("bad use of a command ends with that command's usage", () => {
  const { status, stderr } = run("draw", "a.topology.yaml", "b.topology.yaml");
  expect(status).toBe(2);
  expect(stderr).toMatch(/^brokerlab: draw needs one file; found 2\n\nUsage:\n {2}brokerlab draw FILE\n/u);
  expect(stderr).not.toContain("brokerlab check");
});

test.each([
  [
    ["simulate", "--duration", "5s", "a.topology.yaml"],
    "there is no option `--duration` here; there are --seed, --json, --out, --report, --csv",
  ],
  [["check", "-x"], "there is no option `-x` here; there are --format, --max-warnings"],
  [["draw", "--seed=1"], "there is no option `--seed` here"],
  [["simulate", "--seed"], "Option '--seed <value>' argument missing"],
])("%j is told what is wrong with it", (words, message) => {
  const { status, stdout, stderr } = run(...words);
  expect([status, stdout, stderr.split("\n")[0]]).toEqual([2, "", `brokerlab: ${message}`]);
});

test("what is no JSON is no recording", () => {
  const { status, stderr } = run("conform", "kafka", "no-recording.json");
  expect(status).toBe(2);
  expect(stderr).toMatch(/^brokerlab: no-recording\.json: this is no recording: Unexpected token /u);
});
