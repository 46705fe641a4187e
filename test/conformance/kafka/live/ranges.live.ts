import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { settingsOf } from "../../../../src/core/model/settings.ts";
import { classpath } from "./jars.ts";

const run = promisify(execFile);
const kinds = ["producer", "consumer", "topic", "broker", "group"] as const;
const largestInt = 2 ** 31 - 1;

it("the ranges of settings are those of Kafka's own definitions", async () => {
  const { stdout } = await run("java", ["-XX:+UseSerialGC", "-cp", await classpath(), "Ranges"]);
  const theirs = stdout
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [, kind, name, least, most] = /^(\S+) (\S+) \[([-\d.]+),\.\.\.(?:,([-\d.]+))?\]$/u.exec(line)!;
      const known = settingsOf(kind as (typeof kinds)[number]).has(name!);
      const bounds = [Number(least), Number(most ?? Infinity)].map((bound) =>
        bound === largestInt ? Infinity : bound,
      );
      const unbounded = bounds[0] === 0 && bounds[1] === Infinity;
      return known && !unbounded && !name!.startsWith("compression.")
        ? [`${kind} ${name} ${bounds.join("..")}`]
        : [];
    });
  const ours = kinds.flatMap((kind) =>
    Array.from(settingsOf(kind).values()).flatMap(({ name, range }) =>
      range === undefined ? [] : [`${kind} ${name} ${range.least}..${range.most}`],
    ),
  );
  expect(theirs.length).toBeGreaterThan(100);
  expect(new Set(ours)).toEqual(new Set(theirs));
}, 300_000);
