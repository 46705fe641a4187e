import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseDocument, parse as read, stringify } from "yaml";
import { check } from "../../../src/core/index.ts";
import type { Code } from "../../../src/core/index.ts";
import { groupOf } from "../../../src/core/problems/catalogue.ts";
import { mended } from "../marked-problems.ts";

const folder = new URL("../../../docs/checks/", import.meta.url);

type Json = { [key: string]: Json } | Json[] | string | number | boolean | null;
type JsonMap = Readonly<Record<string, Json>>;

const hosted = ["exchanges", "queues", "bindings", "policies", "operator_policies"];
const isMap = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Where a text names a queue or an exchange. */
const references = /^(?:queues?|exchanges?|replyTo|deadLetterQueue)$/u;

/** The same file with all that it declares of RabbitMQ in the virtual host `h`, in lines or in braces. */
function inHost(text: string, collectionStyle: "block" | "flow"): string | undefined {
  if (parseDocument(text).errors.length > 0) return undefined;
  const file = read(text) as Json;
  if (!isMap(file) || !isMap(file["rabbitmq"])) return undefined;
  const { rabbitmq, ...others } = file;
  const entries = Object.entries(rabbitmq);
  const own = Object.fromEntries(entries.filter(([key]) => hosted.includes(key)));
  if (Object.keys(own).length === 0) return undefined;
  const around = Object.fromEntries(entries.filter(([key]) => !hosted.includes(key)));
  const inside = { ...(renamed(others) as JsonMap), rabbitmq: { ...around, vhosts: { h: own } } };
  return stringify(inside, { collectionStyle });
}

function renamed(value: Json, key = ""): Json {
  if (Array.isArray(value)) return value.map((one) => renamed(one, key));
  if (isMap(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, inside]) => [
        references.test(key) ? `h/${name}` : name,
        renamed(inside, name),
      ]),
    );
  return typeof value === "string" && references.test(key) ? `h/${value}` : value;
}

const files = readdirSync(folder).flatMap((page) => {
  const text = /^```yaml bad\n([\s\S]*?)^```$/mu.exec(readFileSync(new URL(page, folder), "utf8"))?.[1] ?? "";
  const code = page.replace(/\.md$/u, "");
  return (["block", "flow"] as const).flatMap((style) => {
    const inside = inHost(text, style);
    return inside === undefined
      ? []
      : [{ code, style, outside: stringify(read(text), { collectionStyle: style }), inside }];
  });
});

const offered = (text: string) =>
  check(text)
    .flatMap(({ code, fixes }) => (fixes ?? []).map(({ title }) => `${code}: ${title.replaceAll("h/", "")}`))
    .sort();

test.each(files)("$code has the same mends inside a virtual host ($style)", ({ code, outside, inside }) => {
  expect(offered(inside), inside).toEqual(offered(outside));
  if (groupOf(code as Code) === "form") return;
  for (const problem of check(inside).filter((one) => one.code === code))
    for (const { title, silences } of problem.fixes ?? []) {
      if (silences === true) continue;
      const before = check(inside).map((one) => one.code);
      before.splice(before.indexOf(problem.code), 1);
      const after = mended(inside, problem, title);
      expect(
        check(after).map((one) => one.code),
        after,
      ).toEqual(before);
    }
});

test("mends of one virtual host leave the others alone", () => {
  const text = `topology: 1
rabbitmq:
  exchanges: {dlx: {type: fanout}}
  queues:
    parked: {}
    late: {arguments: {x-dead-letter-exchange: dlx}}
  bindings: [{source: dlx, destination: parked}]
  vhosts:
    h:
      queues:
        work: {arguments: {x-max-length: 10}}
        lost: {arguments: {x-dead-letter-exchange: "", x-dead-letter-routing-key: none, x-message-ttl: 1s}}
    other:
      exchanges: {dlx: {type: fanout}}
      queues:
        parked: {}
        late: {arguments: {x-dead-letter-exchange: dlx}}
        more: {arguments: {x-max-length: 10}}
      bindings: [{source: dlx, destination: parked}]
producers:
  a: {queue: h/lost, rate: 1/s}
`;
  const problems = check(text);
  const titlesOf = (code: string) =>
    problems
      .filter((one) => one.code === code)
      .map(({ fixes }) =>
        (fixes ?? []).filter(({ silences }) => silences !== true).map(({ title }) => title),
      );
  expect(titlesOf("silent-expiry")).toEqual([
    ["Create the exchange h/dlx with a queue for dead letters"],
    ["Send its dead letters to dlx"],
  ]);
  const [expiry] = problems.filter(({ code }) => code === "silent-expiry");
  expect(mended(text, expiry, "Create the exchange h/dlx with a queue for dead letters")).toContain(
    `        work: {arguments: {x-max-length: 10, x-dead-letter-exchange: dlx}}
        lost: {arguments: {x-dead-letter-exchange: "", x-dead-letter-routing-key: none, x-message-ttl: 1s}}
        dlx-letters: {}
      bindings: [{source: dlx, destination: dlx-letters}]
      exchanges: {dlx: {type: fanout}}
    other:`,
  );
  const [lost] = problems.filter(({ code }) => code === "dead-letter-unroutable");
  expect(lost?.message).toContain("match no binding of the default exchange");
  expect(titlesOf("dead-letter-unroutable")).toEqual([[]]);
});
