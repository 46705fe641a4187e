import { expect, test } from "vitest";
import { brokerPage } from "../../../src/core/language/broker-pages.ts";
import { notedSettings, settingNote } from "../../../src/core/language/setting-notes.ts";
import { settingsOf, type SettingsKind } from "../../../src/core/model/settings.ts";

const kinds: readonly SettingsKind[] = [
  "producer",
  "consumer",
  "group",
  "librdkafka",
  "topic",
  "broker",
  "queue-arguments",
  "exchange-arguments",
  "consumer-arguments",
  "policy-definition",
  "rabbitmq-config",
];
const settings = kinds.flatMap((kind) =>
  [...settingsOf(kind).values()].map((setting) => ({ kind, ...setting })),
);

test("a meaning is told of settings that there are", () => {
  const names = new Set(settings.map(({ name }) => name));
  expect(notedSettings().filter((name) => !names.has(name) && name !== "x-match")).toEqual([]);
});

test("every setting of clients, topics and RabbitMQ that a run may follow has a meaning", () => {
  expect(
    settings
      .filter(
        ({ kind, status, name }) =>
          kind !== "broker" && status !== "no-effect" && settingNote(name) === undefined,
      )
      .map(({ kind, name }) => `${kind} ${name}`),
  ).toEqual([]);
});

test("each setting leads to a page of its broker's documentation", () => {
  const without = settings.filter(
    ({ kind, name, status }) => status !== "no-effect" && brokerPage(name, kind) === undefined,
  );
  expect(without.map(({ kind, name }) => `${kind} ${name}`)).toEqual([]);
});
