import { kafkaSettingLines } from "../../src/core/model/kafka-settings-data.ts";
import { librdkafkaSettingLines } from "../../src/core/model/librdkafka-settings-data.ts";
import { rabbitArgumentLines } from "../../src/core/model/rabbitmq-arguments-data.ts";
import { formatSchema, resolve, type Schema } from "../../src/core/parse/format-schema.ts";
import { effects, silent } from "./effects.ts";

const intro = `# Every key: simulated, planned, or without effect

Made from the schema, the tables of the brokers' own settings and the effects that the tests show; a test holds it to them.

- **simulated**: the figure beside it moves as it says when the value is raised or changed as the tests do (\`c\` is a
  consumer, \`p\` a producer, \`q\` and \`r\` are queues, \`t\` and \`u\` topics, \`g\` a group of the tests' files).
- **planned**: known to the format, and refused with \`not-simulated-yet\` until the engine simulates it. Where a value
  is named, that value is what the engine does, and may be written.
- **without effect**: a real setting that changes nothing in a simulation, told by \`setting-without-effect\`.
`;

/** The page \`docs/settings.md\`. */
export function settingsPage(): string {
  const rows: string[] = [];
  collect(formatSchema, "", rows);
  const tables = Object.entries({
    ...kafkaSettingLines,
    ...librdkafkaSettingLines,
    ...rabbitArgumentLines,
  }).map(([name, lines]) => settingTable(name, lines));
  return [intro, "## The format's keys\n", "| key | | |\n|---|---|---|", ...rows, "", ...tables].join("\n");
}

function collect(schema: Schema, path: string, rows: string[]): void {
  const whole = resolve(schema);
  const effect = effectOf(path);
  if (effect !== undefined) rows.push(row(path, "simulated", effect));
  for (const [key, value] of Object.entries(whole.properties ?? {})) {
    const inner = path === "" ? key : `${path}.${key}`;
    if (!inner.startsWith("producers.*.flows.*.") || key === "share") collect(value, inner, rows);
  }
  if (whole.items !== undefined) collect(whole.items, path, rows);
  if (typeof whole.additionalProperties === "object") collect(whole.additionalProperties, `${path}.*`, rows);
}

/** Who has the settings of a table in its `config`. */
const homes: Readonly<Record<string, string>> = { group: "consumer", librdkafka: "producer" };

function settingTable(name: string, lines: string): string {
  const rows = lines.split("\n").map((line) => {
    const [setting, , byDefault, status, followed] = line.split(" ");
    const key = `${homes[name] ?? name}s.*.config.${setting}`;
    const words = status === "none" ? "without effect" : status!;
    const note =
      status === "simulated"
        ? (effectOf(key) ?? effectOf(argumentKey(name, setting!)) ?? "")
        : followed === undefined
          ? ""
          : `${code(followed)} is what the engine does`;
    return `| ${code(setting!)} | ${byDefault === "none" ? "" : code(byDefault!)} | ${words} | ${note} |`;
  });
  return [
    `## ${name.replaceAll("-", " ")} settings\n`,
    "| setting | default | | |\n|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function argumentKey(table: string, setting: string): string {
  const owners: Readonly<Record<string, string>> = {
    "exchange-arguments": "rabbitmq.exchanges.*.arguments",
    "rabbitmq-config": "rabbitmq.config",
    "queue-arguments": "rabbitmq.queues.*.arguments",
    "binding-arguments": "rabbitmq.bindings.arguments",
  };
  return `${owners[table] ?? table}.${setting}`;
}

function effectOf(path: string): string | undefined {
  const effect = effects.find(
    ({ key }) =>
      key === path ||
      (path.startsWith("consumers.*.processing.") &&
        key === path.replace("consumers.*.processing", "durationDistribution")),
  );
  if (effect === undefined) return silent[path];
  const word = { up: "rises", down: "falls", changes: "changes" }[effect.moves];
  return `${code(effect.from)} → ${code(effect.to)}: ${code(effect.figure)} ${word}`;
}

function row(key: string, status: string, note: string): string {
  return `| ${code(key)} | ${status} | ${note} |`;
}

function code(text: string): string {
  return `\`${text.replaceAll("\n", " ⏎ ").replaceAll("|", String.raw`\|`)}\``;
}
