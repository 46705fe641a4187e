import { retiredSetting, settingsIn, type Setting, type SettingsKind } from "../model/settings.ts";
import type { Names } from "../parse/names.ts";
import { settingChoices } from "../parse/setting-value.ts";
import { at, textOf, type Tree } from "../parse/tree.ts";
import { brokerPage } from "./broker-pages.ts";
import { settingNote } from "./setting-notes.ts";
import { literal, yamlText, type Suggestion } from "./suggestion.ts";
import { valueSuggestion } from "./value-suggestions.ts";
import { referenceNames } from "./reference-names.ts";

type QueueType = "classic" | "quorum" | "stream";

/** Arguments that a queue of only some types may have (RabbitMQ refuses the declaration, or ignores them). */
const onlyFor: Readonly<Record<string, readonly QueueType[]>> = {
  "x-max-priority": ["classic"],
  "x-single-active-consumer": ["classic", "quorum"],
  "x-message-ttl": ["classic", "quorum"],
  "x-max-length": ["classic", "quorum"],
  "x-overflow": ["classic", "quorum"],
  "x-expires": ["classic", "quorum"],
  "x-dead-letter-exchange": ["classic", "quorum"],
  "x-dead-letter-routing-key": ["classic", "quorum"],
  "x-dead-letter-strategy": ["quorum"],
  "x-delayed-retry-type": ["quorum"],
  "x-delayed-retry-min": ["quorum"],
  "x-delayed-retry-max": ["quorum"],
  "x-delivery-limit": ["quorum"],
  "x-quorum-initial-group-size": ["quorum"],
  "x-quorum-target-group-size": ["quorum"],
  "x-max-age": ["stream"],
  "x-initial-cluster-size": ["stream"],
  "x-stream-max-segment-size-bytes": ["stream"],
  "x-stream-filter-size-bytes": ["stream"],
};

/** The settings that fit in a holder of this kind, without those that it has already. */
export function settingKeys(kind: SettingsKind, holder: Tree | undefined, hasColon: boolean): Suggestion[] {
  const type = textOf(at(holder, "x-queue-type")) ?? "classic";
  const own = kind === "binding-arguments" ? [match] : [...settingsIn(kind).values()];
  return own
    .filter(({ name }) => at(holder, name) === undefined && retiredSetting(kind, name) === undefined)
    .filter(({ name }) => kind !== "queue-arguments" || (onlyFor[name]?.includes(type as QueueType) ?? true))
    .map((setting) => ({
      label: setting.name,
      kind: "setting",
      detail: detailOf(setting),
      documentation: explainSetting(setting, kind),
      insert: literal(setting.name) + (hasColon ? "" : ": "),
      rank: setting.status === "simulated" ? 2 : setting.status === "planned" ? 5 : 7,
      leadsOn: !hasColon,
    }));
}

const match: Setting = {
  name: "x-match",
  value: "text",
  default: "all",
  status: "simulated",
  follows: [],
  range: undefined,
};

/** What a setting may say: its choices, its default, and the names that it refers to. */
export function settingValues(kind: SettingsKind, key: string, names: Names): Suggestion[] {
  const setting = key === match.name ? match : settingsIn(kind).get(key);
  if (setting === undefined) return [];
  const about = explainSetting(setting, kind);
  const choices =
    setting === match
      ? ["all", "any", "all-with-x", "any-with-x"]
      : setting.value === "boolean"
        ? ["true", "false"]
        : settingChoices(setting);
  const found = choices.map((value) =>
    valueSuggestion(value, value === setting.default ? "default" : "", about, 1),
  );
  if (key.endsWith("-exchange"))
    for (const name of referenceNames("exchange", names, undefined))
      found.push({ ...valueSuggestion(yamlText(name), "exchange", "", 0), kind: "name" });
  if (key.endsWith("dead-letter-routing-key"))
    for (const name of names.queues)
      found.push({ ...valueSuggestion(yamlText(name), "queue", "", 0), kind: "name" });
  const isPlain = !/^(?:none|required|null|\[.*|"")$/u.test(setting.default);
  if (isPlain && !choices.includes(setting.default))
    found.push(valueSuggestion(setting.default, "default", about, 2));
  return found;
}

function detailOf({ value, default: standard }: Setting): string {
  return standard === "required" || standard === "none" ? value : `${value}, default ${standard}`;
}

/** Markdown: meaning, default, whether a run follows it, and the broker's own page. */
export function explainSetting(setting: Setting, kind: SettingsKind): string {
  const { name, value, default: standard, status, follows } = setting;
  const lines = [settingNote(name) ?? ""];
  const bare = { duration: ", a bare number is milliseconds", size: ", a bare number is bytes" };
  const unit = value === "duration" || value === "size" ? bare[value] : "";
  lines.push(
    `${value}${unit}${standard === "none" ? "" : ` · default \`${standard}\``} · ${versionOf(kind)}`,
  );
  if (status === "planned")
    lines.push(
      follows.length > 0
        ? `_The simulation follows ${follows.map((one) => `\`${one}\``).join(", ")} alone so far._`
        : "_The simulation does not follow it yet: a file that has it does not run._",
    );
  if (status === "no-effect") lines.push("_It changes nothing in a run._");
  const page = brokerPage(name, kind);
  if (page !== undefined) lines.push(`[${page.title}](${page.address})`);
  return lines.filter((line) => line !== "").join("\n\n");
}

function versionOf(kind: SettingsKind): string {
  if (kind === "librdkafka") return "librdkafka 2";
  return kind === "producer" || kind === "consumer" || kind === "topic" || kind === "broker"
    ? "Kafka 4.1"
    : "RabbitMQ 4.1";
}
