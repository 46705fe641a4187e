import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "../../src/core/index.ts";
import { simulate } from "../../src/core/run.ts";
import { seriesCsv } from "../../src/report/csv.ts";
import { commandLine } from "./brokerlab.ts";

const topology = `topology: 1
rabbitmq: {queues: {mail: {}}}
producers: {shop: {queue: mail, rate: 50/s}}
consumers: {mailer: {queue: mail, processing: 5ms}}
run: {duration: 5s, seed: 3}
`;
const { run, folder } = commandLine({
  "mail.topology.yaml": topology,
  "broken.topology.yaml": topology.replace("queue: mail,", "queue: post,"),
  "swept.topology.yaml": `${topology}sweep: {consumers.mailer.prefetch: [1, 9]}\n`,
});

describe("what a run leaves behind", () => {
  test("--report writes a page with the run, its parts and a policy without a network", () => {
    const { status, stdout } = run("simulate", "mail.topology.yaml", "--json", "--report", "run.html");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual(
      JSON.parse(JSON.stringify(simulate(parse(topology).topology).summary)),
    );
    const page = readFileSync(join(folder(), "run.html"), "utf8");
    expect(page).toContain("default-src 'none'; script-src 'sha256-");
    for (const part of ["panel.js", "panel.css", "report.js", "report.css"])
      expect(page).toContain(`/* ${part} */`);
    expect(page).not.toMatch(/src=|href=|https?:/);
  });

  test("--csv writes the data of the charts", () => {
    expect(run("simulate", "mail.topology.yaml", "--csv", "run.csv").status).toBe(0);
    const result = simulate(parse(topology).topology);
    expect(readFileSync(join(folder(), "run.csv"), "utf8")).toBe(seriesCsv(result));
  });

  test.each(["report", "csv"])("--%s of a sweep is refused before anything runs", (option) => {
    const { status, stdout, stderr } = run("simulate", "swept.topology.yaml", `--${option}`, "swept.out");
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`--${option} is of one run, and swept.topology.yaml has a sweep`);
    expect(existsSync(join(folder(), "swept.out"))).toBe(false);
  });

  test("a report without its parts says which one is missing", () => {
    rmSync(join(folder(), "report.css"));
    const { status, stderr } = run("simulate", "mail.topology.yaml", "--report", "run.html");
    expect(status).toBe(2);
    expect(stderr).toContain("`report.css` is missing beside this program");
  });
});

describe("draw", () => {
  test("prints the topology as Mermaid, without a run", () => {
    expect(run("draw", "mail.topology.yaml")).toEqual({
      status: 0,
      stdout: `flowchart LR
  n0(["shop<br>1 instance"])
  n1[/"mail<br>classic queue"/]
  n2(["mailer<br>1 instance"])
  n0 --> n1
  n1 --> n2
`,
      stderr: "",
    });
  });

  test("draws nothing of a file with errors, and names them", () => {
    const { status, stdout, stderr } = run("draw", "broken.topology.yaml");
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("unknown-reference");
  });

  test.each([[[]], [["a.yaml", "b.yaml"]], [["--loud", "a.yaml"]]])("bad use %j answers 2", (words) => {
    expect(run("draw", ...words).status).toBe(2);
  });
});
