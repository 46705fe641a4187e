import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { codecsFile, measuredCodecs, type MeasuredCodecs } from "../codec-fit.ts";
import { classpath, kafkaVersion } from "./jars.ts";

const run = promisify(execFile);
const asked = (process.env["BROKERLAB_SCENARIOS"] ?? "").split(",");
/** `npm run conformance:kafka -- --record codecs` takes their times anew; no other run looks at times. */
const recording = process.env["BROKERLAB_RECORD"] !== undefined && asked.includes("codecs");

async function measured(): Promise<MeasuredCodecs> {
  const folder = await mkdtemp(join(tmpdir(), "codecs-"));
  try {
    const answer = join(folder, "answer.json");
    const mode = recording ? [] : ["sizes"];
    await run("java", ["-XX:+UseSerialGC", "-Xmx512m", "-cp", await classpath(), "Codecs", answer, ...mode]);
    const found = JSON.parse(await readFile(answer, "utf8")) as Omit<MeasuredCodecs, "kafka" | "processor">;
    return { kafka: kafkaVersion, processor: cpus()[0]!.model.trim(), ...found };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A row a codec and level, so that a change can be read. */
function text({ codecs, ...about }: MeasuredCodecs): string {
  const rows = codecs.map((row) => JSON.stringify(row)).join(",\n");
  return `${JSON.stringify(about).slice(0, -1)},\n"codecs":[\n${rows}\n]}\n`;
}

it("Kafka's codecs make of the same batches what they made when their times were taken", async () => {
  const now = await measured();
  if (recording) await writeFile(codecsFile, text(now));
  const before = measuredCodecs();
  for (const { codec, level, bytes, compressed } of now.codecs) {
    const of = before.codecs.find((row) => row.codec === codec && row.level === level)!;
    expect(bytes).toEqual(of.bytes);
    // Java takes its zlib from the system, where versions differ a little.
    for (const [i, left] of compressed.entries())
      expect(Math.abs(left / of.compressed[i]! - 1)).toBeLessThan(0.1);
  }
}, 900_000);
