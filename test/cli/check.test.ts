import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { commandLine } from "./brokerlab.ts";

interface SarifLog {
  readonly version: string;
  readonly runs: readonly [
    {
      readonly tool: {
        readonly driver: {
          readonly rules: readonly Readonly<
            Record<"shortDescription" | "fullDescription" | "help", { readonly text: string }>
          >[];
        };
      };
      readonly results: readonly { readonly ruleId: string; readonly relatedLocations?: unknown }[];
    },
  ];
}

/** The schema is of draft 4, of which it uses nothing that has changed since but the name of its address. */
const {
  $schema: _,
  id: __,
  ...standard
} = JSON.parse(
  readFileSync(join(import.meta.dirname, "../fixtures/sarif-schema-2.1.0.json"), "utf8"),
) as Record<string, unknown>;
const validate = new Ajv({ strict: false, validateFormats: false }).compile(standard);
const standardProblems = (log: unknown): unknown[] => (validate(log) ? [] : (validate.errors ?? []));

const bad = `topology: 1
rabbitmq: {queues: {payment: {}}}
consumers:
  payments: {queue: paymnt, prefech: 10}
`;
const { run, folder } = commandLine({
  "bad.topology.yaml": bad,
  "good.topology.yaml": "topology: 1\nrabbitmq: {queues: {payment: {}}}\n",
  "doubled.topology.yaml":
    "topology: 1\nrabbitmq:\n  queues: {a: {}}\n  bindings:\n    - {source: amq.topic, destination: a}\n    - {source: amq.topic, destination: a}\n",
  "warned.topology.yaml": "topology: 1\nrabbitmq: {queues: {a: {arguments: {x-queue-mode: lazy}}}}\n",
});

describe("check", () => {
  test("says where, what, and the nearest name, and answers 1", () => {
    const { status, stdout, stderr } = run("check", "bad.topology.yaml");
    expect(stdout).toBe(
      "bad.topology.yaml:4:21: error unknown-reference: The file names no queue `paymnt`. Did you mean `payment`?\n" +
        "  4 |   payments: {queue: paymnt, prefech: 10}\n" +
        "    |                     ^^^^^^\n" +
        "bad.topology.yaml:4:29: error schema: Consumer `payments` has no key `prefech`. Did you mean `prefetch`?\n" +
        "  4 |   payments: {queue: paymnt, prefech: 10}\n" +
        "    |                             ^^^^^^^\n",
    );
    expect(stderr).toBe("1 file: 2 errors, 0 warnings, 0 notes\n");
    expect(status).toBe(1);
  });

  test("answers 0 where nothing is wrong, and with warnings alone", () => {
    expect(run("check", "good.topology.yaml")).toEqual({
      status: 0,
      stdout: "",
      stderr: "1 file: 0 errors, 0 warnings, 0 notes\n",
    });
    expect(run("check", "warned.topology.yaml").status).toBe(0);
  });

  test("takes several files", () => {
    const { status, stdout } = run("check", "good.topology.yaml", "bad.topology.yaml");
    expect(status).toBe(1);
    expect(stdout.split("\n").filter((line) => line.startsWith("bad"))).toHaveLength(2);
  });

  test("expands the patterns that a shell has left, in the order of names, each file once", () => {
    const deep = join(folder(), "teams/mail/node_modules");
    mkdirSync(deep, { recursive: true });
    mkdirSync(join(folder(), "teams/.hidden"));
    for (const place of ["teams/mail/a.topology.yml", "teams/b.topology.yaml", "teams/[c].topology.yaml"])
      writeFileSync(join(folder(), place), bad);
    for (const place of ["teams/mail/node_modules", "teams/.hidden"])
      writeFileSync(join(folder(), place, "a.topology.yaml"), bad);
    const told = (...words: string[]) =>
      [...run("check", ...words).stdout.matchAll(/^(\S+?):4:21/gmu)].map(([, file]) => file);
    const [a, b, c] = ["teams/mail/a.topology.yml", "teams/b.topology.yaml", "teams/[c].topology.yaml"];
    expect(told("teams/**/*.topology.{yaml,yml}")).toEqual([c, b, a]);
    expect(told("teams/**", "teams/?.topology.yaml")).toEqual([c, b, a]);
    expect(told("teams/*.topology.yaml")).toEqual([c, b]);
    expect(told("*/mail/[a-c].topology.y*ml")).toEqual([a]);
    expect(told("*/[!b].topology.yaml")).toEqual([]);
    expect(told(c)).toEqual([c]);
    expect(told(join(folder(), "teams/*.topology.yaml"))).toEqual([join(folder(), c), join(folder(), b)]);
    const { status, stderr } = run("check", "nowhere/*.topology.yaml");
    expect(status).toBe(2);
    expect(stderr).toContain("nowhere/*.topology.yaml cannot be read: there is no such file");
  });

  test("names the other places of a problem", () => {
    expect(run("check", "doubled.topology.yaml").stdout).toBe(
      "doubled.topology.yaml:6:40: information duplicate-binding: `a` is bound to exchange `amq.topic` in this way already: it gets one copy of a message all the same. Delete one of the two.\n" +
        "  6 |     - {source: amq.topic, destination: a}\n" +
        "    |                                        ^\n" +
        "  doubled.topology.yaml:5:40: the binding that does the same\n",
    );
  });

  test("takes a number of warnings that is still well", () => {
    expect(run("check", "--max-warnings", "1", "warned.topology.yaml").status).toBe(0);
    const { status, stderr } = run("check", "--max-warnings=0", "warned.topology.yaml", "good.topology.yaml");
    expect(status).toBe(1);
    expect(stderr).toContain("1 warning is more than --max-warnings 0");
    expect(run("check", "--max-warnings", "0", "doubled.topology.yaml").status).toBe(0);
  });

  test("prints JSON with lines and columns from 1", () => {
    const { stdout } = run("check", "--format", "json", "bad.topology.yaml");
    expect(JSON.parse(stdout)).toEqual([
      {
        file: "bad.topology.yaml",
        line: 4,
        column: 21,
        endLine: 4,
        endColumn: 27,
        severity: "error",
        code: "unknown-reference",
        message: "The file names no queue `paymnt`. Did you mean `payment`?",
      },
      expect.objectContaining({ line: 4, column: 29, endColumn: 36, code: "schema" }),
    ]);
    expect(JSON.parse(run("check", "--format=json", "good.topology.yaml").stdout)).toEqual([]);
  });

  test("prints SARIF", () => {
    const log = JSON.parse(
      run("check", "--format", "sarif", "bad.topology.yaml", "warned.topology.yaml").stdout,
    ) as {
      version: string;
      runs: {
        tool: { driver: { name: string; rules: { id: string }[] } };
        results: { ruleId: string; ruleIndex: number; level: string; locations: unknown[] }[];
      }[];
    };
    expect(log.version).toBe("2.1.0");
    const [{ tool, results }] = log.runs as [(typeof log.runs)[number]];
    expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ["unknown-reference", "error"],
      ["schema", "error"],
      ["deprecated-setting", "warning"],
    ]);
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(results[0]?.locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: "bad.topology.yaml" },
          region: { startLine: 4, startColumn: 21, endLine: 4, endColumn: 27 },
        },
      },
    ]);
  });

  test("prints SARIF that the standard's schema takes, with what code scanning shows", () => {
    const { stdout } = run("check", "--format", "sarif", "bad.topology.yaml", "doubled.topology.yaml");
    const log = JSON.parse(stdout) as SarifLog;
    expect(standardProblems(log)).toEqual([]);
    const [{ tool, results }] = log.runs;
    for (const { shortDescription, fullDescription, help } of tool.driver.rules)
      for (const { text } of [shortDescription, fullDescription, help]) expect(text).not.toBe("");
    const related = results.find(({ ruleId }) => ruleId === "duplicate-binding")?.relatedLocations;
    expect(related).toEqual([
      {
        id: 0,
        message: { text: "the binding that does the same" },
        physicalLocation: {
          artifactLocation: { uri: "doubled.topology.yaml" },
          region: { startLine: 5, startColumn: 40, endLine: 5, endColumn: 41 },
        },
      },
    ]);
    expect(standardProblems({ ...log, version: "2.0.0" })).not.toEqual([]);
    expect(standardProblems(JSON.parse(run("check", "--format=sarif", "good.topology.yaml").stdout))).toEqual(
      [],
    );
  });

  test("answers 2 for a missing file, and still checks the others", () => {
    const { status, stdout, stderr } = run("check", "nowhere.topology.yaml", "bad.topology.yaml");
    expect(status).toBe(2);
    expect(stderr).toContain("nowhere.topology.yaml cannot be read: there is no such file");
    expect(stdout).toContain("bad.topology.yaml:4:21");
    expect(run("check", ".").stderr).toContain("it is a folder");
  });
});

test.each([
  [[]],
  [["chekc"]],
  [["check"]],
  [["check", "--format", "xml", "good.topology.yaml"]],
  [["check", "--loud", "good.topology.yaml"]],
  [["check", "--max-warnings", "few", "good.topology.yaml"]],
])("%j is bad use", (words) => {
  const { status, stdout, stderr } = run(...words);
  expect(status).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toContain("Usage:");
});
