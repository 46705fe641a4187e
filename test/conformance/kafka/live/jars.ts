import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { buildFolder } from "../../../../scripts/paths.mjs";

const run = promisify(execFile);
const here = import.meta.dirname;
const folder = join(buildFolder, "conformance-kafka");

/** The Kafka of pom.xml. */
export const kafkaVersion = /kafka_2\.13<\/artifactId>\s*<version>([^<]+)/u.exec(
  readFileSync(join(here, "pom.xml"), "utf8"),
)![1]!;

const programs = ["Live.java", "Classes.java", "Codecs.java", "Ranges.java"].map((name) => join(here, name));

/** Kafka's jars, fetched by Maven once, and our programs compiled against them. */
export async function classpath(): Promise<string> {
  const hash = createHash("sha256");
  for (const source of [join(here, "pom.xml"), ...programs]) hash.update(await readFile(source));
  const stamp = hash.digest("hex").slice(0, 16);
  const file = join(folder, `classpath-${stamp}`);
  const classes = join(folder, `classes-${stamp}`);
  if (!existsSync(file)) {
    const jars = join(folder, `jars-${stamp}`);
    await mkdir(classes, { recursive: true });
    await run("mvn", ["-q", "-B", "dependency:build-classpath", `-Dmdep.outputFile=${jars}`], { cwd: here });
    const found = (await readFile(jars, "utf8")).trim();
    await run("javac", ["-nowarn", "-encoding", "UTF-8", "-d", classes, "-cp", found, ...programs]);
    await writeFile(file, found);
  }
  return [classes, (await readFile(file, "utf8")).trim()].join(delimiter);
}
