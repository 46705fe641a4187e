import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { playKafkaRecording } from "../../../../src/core/index.ts";
import { classpath } from "./jars.ts";
import { changingGroup, freshGroup, logScenario } from "./random-recordings.ts";

const run = promisify(execFile);
const count = 1000;
const asked = process.env["PROPERTY_SEED"] ?? "1";
const seed = asked === "fresh" ? Math.floor(Math.random() * 2 ** 31) : Number(asked);

type Recording = Readonly<Record<string, readonly object[]>>;

/** What Kafka's own classes answer to a recording. */
async function answered(recording: Recording): Promise<Recording> {
  const folder = await mkdtemp(join(tmpdir(), "classes-"));
  try {
    const [asked, answer] = [join(folder, "asked.json"), join(folder, "answer.json")];
    await writeFile(asked, JSON.stringify(recording));
    await run("java", ["-XX:+UseSerialGC", "-cp", await classpath(), "Classes", asked, answer]);
    return JSON.parse(await readFile(answer, "utf8")) as Recording;
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe(`Kafka's own classes and ours agree on random cases of seed ${seed}`, () => {
  it.each<[string, fc.Arbitrary<object>]>([
    ["configurations", freshGroup],
    ["sequences", changingGroup],
    ["scenarios", logScenario],
  ])(
    "%s",
    async (list, cases) => {
      const recording = { [list]: fc.sample(cases, { seed, numRuns: count }) };
      const theirs = (await answered(recording))[list]!;
      const ours = (playKafkaRecording(recording) as Recording)[list]!;
      expect(theirs).toHaveLength(count);
      for (const [i, one] of theirs.entries())
        expect(ours[i], `case ${i}: ${JSON.stringify(recording[list]![i])}`).toMatchObject(one);
    },
    600_000,
  );
});
