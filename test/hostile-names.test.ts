import { describe, expect, test } from "vitest";
import { asText } from "../src/cli/code-frame.ts";
import { report } from "../src/cli/report.ts";
import { sarif } from "../src/cli/sarif.ts";
import { placed } from "../src/cli/topology-file.ts";
import { check, parse, stopsRun, topologyGraph } from "../src/core/index.ts";
import { hover } from "../src/core/language.ts";
import { simulate, summaryText } from "../src/core/run.ts";
import { messagesCsv, seriesCsv } from "../src/report/csv.ts";
import { mermaid } from "../src/report/mermaid.ts";
import { reportPage } from "../src/report/page.ts";
import { hostile, namedFile, written } from "./hostile.ts";

/** What a terminal acts on, or what turns and hides the text around it. */
const acting = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
/** Kafka's rules for names leave nothing to fear of these. */
const kafkaName = (was: string): string => was;

test("the file is without errors while its names are plain", () => {
  expect(check(namedFile((was) => was)).filter(stopsRun)).toEqual([]);
});

describe.each([...hostile, ...written])("names of %s", (_, name) => {
  const text = namedFile(name, kafkaName);
  const parsed = parse(text);
  const { topology } = parsed;
  const result = simulate(topology);
  const checked = () => ({
    file: "a.topology.yaml",
    text,
    topology,
    problems: check(text),
    hasErrors: false,
    runs: true,
  });

  test("are read, checked and run, also where Kafka forbids them", () => {
    expect(result.graph.nodes.some((node) => node.name === name("work"))).toBe(true);
    expect(result.summary.totals.processed).toBeGreaterThan(100);
    expect(check(namedFile(name)).length).toBeGreaterThan(0);
  });

  test("stay legible and short in what is said of them", () => {
    for (const { message, related = [] } of [...check(text), ...check(namedFile(name))])
      for (const said of [message, ...related.map((one) => one.message)]) {
        expect(said).not.toMatch(acting);
        expect(said).not.toContain("\n");
        expect(said.length).toBeLessThan(1200);
      }
  });

  test("command no terminal", () => {
    for (const told of [report(result.summary, result.findings), asText(checked())])
      expect(told).not.toMatch(acting);
  });

  test("are no formulas, and no cells more, in a CSV", () => {
    for (const csv of [seriesCsv(result), messagesCsv(result)]) {
      const [head = [], ...rows] = cells(csv);
      expect(rows.length).toBeGreaterThan(10);
      const wrong = rows.filter(
        (row) =>
          row.length !== head.length ||
          row.some(
            ({ value, bare }) => /^[=+@\t\r\n]|^-(?![\d.])/u.test(value) || (bare && /[;\t]/u.test(value)),
          ),
      );
      expect(wrong).toEqual([]);
    }
  });

  test("are texts in Mermaid", () => {
    for (const graph of [result.graph, topologyGraph(topology)])
      for (const line of mermaid(graph).trimEnd().split("\n").slice(1))
        expect(line).toMatch(
          /^ {2}(n\d+(\(\[|\{\{|\[\/|\[\(|\[)"[^"<>`[\](){}]*(<br>[^"<>`[\](){}]*)?"(\]\)|\}\}|\/\]|\)\]|\])|n\d+ -->(\|"[^"<>`|]*(<br>[^"<>`|]*)?"\|)? n\d+)$/u,
        );
  });

  test("come back from JSON as they were, and link nowhere in SARIF", () => {
    expect(Object.keys(JSON.parse(summaryText(result.summary)).queues)).toContain(name("work"));
    const log = JSON.parse(JSON.stringify(sarif(placed(checked())))) as {
      runs: { results: { message: { text: string } }[] }[];
    };
    for (const { message } of log.runs[0]!.results)
      expect(message.text).not.toMatch(/(?<!\\)\[[^[\]]*(?<!\\)\]\(/u);
  });

  test("are no markup in what an editor shows of them", () => {
    const step = Math.max(7, Math.floor(text.length / 400));
    for (let at = 0; at < text.length; at += step) {
      const shown = hover(parsed, text, at)?.text ?? "";
      // Between backticks everything is text, on one line.
      const rest = shown.replaceAll(/`[^`\n]*`/gu, "");
      expect(rest).not.toMatch(/<img|evil|window\.hacked/u);
    }
  });

  test("are data in a report, not its page", async () => {
    const files = { "panel.js": "", "panel.css": "", "report.js": "", "report.css": "", "layout.js": "" };
    const page = await reportPage({ uri: name("uri"), text, wallMs: 1, result }, files);
    const shell = page.replaceAll(/(?<=<script type="text\/plain" id="\w+">)[\w+/=]*(?=<\/script>)/gu, "");
    expect(shell).not.toMatch(/onerror|window\.hacked|evil|WWWW/u);
    expect(shell.match(/<script/gu)).toHaveLength(4);
    expect(shell.length).toBeLessThan(2_000);
  });
});

/** Cells of a CSV as RFC 4180 reads it, and whether each stood without quotes. */
function cells(csv: string): { value: string; bare: boolean }[][] {
  const rows: { value: string; bare: boolean }[][] = [];
  let row: { value: string; bare: boolean }[] = [];
  for (const [, quoted, bare = "", end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gu)) {
    row.push({
      value: quoted === undefined ? bare : quoted.replaceAll('""', '"'),
      bare: quoted === undefined,
    });
    if (end === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
