// node bench/parsing.mjs: measures parser and checks beside the YAML library alone.
import { parseDocument } from "yaml";
import { isEntry } from "../scripts/paths.mjs";
import { loadEngine } from "./load-engine.mjs";
import { median } from "./measure.mjs";
import { longFile } from "./topologies.mjs";

/** CPU milliseconds of the process: other work of the machine does not count. */
const one = (work) => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

/** Lines of a table; the ways take turns, and the first half of the rounds warms up. */
export function measureParsing({ check }) {
  const rows = [200, 2_000, 20_000].map((count) => {
    const text = longFile(count);
    // As a person leaves it while typing: a bracket that is not closed yet.
    const broken = text.replace("{queue: q0,", "{queue: [q0,");
    const ways = [
      () => check(text),
      () => check(broken),
      () => parseDocument(text, { uniqueKeys: false, prettyErrors: false, keepSourceTokens: false }),
    ];
    /** @type {number[][]} */
    const times = ways.map(() => []);
    const rounds = count > 10_000 ? 10 : 40;
    for (let round = 0; round < rounds; round++) ways.forEach((way, index) => times[index].push(one(way)));
    return [text.split("\n").length, ...times.map((all) => median(all.slice(rounds >> 1)).toFixed(1))];
  });
  return [
    "| lines | CPU ms | CPU ms, one section broken | `yaml` alone, CPU ms |",
    "| ---: | ---: | ---: | ---: |",
    ...rows.map((row) => `| ${row.join(" | ")} |`),
  ];
}

if (isEntry(import.meta.url)) for (const line of measureParsing(await loadEngine())) console.log(line);
