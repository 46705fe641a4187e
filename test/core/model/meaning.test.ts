import { expect, test } from "vitest";
import { parse } from "../../../src/core/index.ts";
import { meaningOf } from "../../../src/core/model/meaning.ts";

const file = `topology: 1
name: Mails
rabbitmq:
  queues:
    mails: {}
    letters: {}
producers:
  shop: {queue: mails, rate: 5/s}
consumers:
  mailer: {queue: mails, prefetch: 2, processing: 10ms}
run: {duration: 10s, seed: 3}
expect:
  - {metric: lost.broker, equals: 0}
`;

const meaning = (text: string): string => meaningOf(parse(text).topology);

test.each([
  ["a comment", "run:", "# Long enough.\nrun:"],
  ["another name for people", "name: Mails", "name: Letters\ndescription: Who writes letters?"],
  ["another unit", "10ms", "0.01s"],
  ["what is expected", "equals: 0", "below: 7"],
  ["another order of keys", "prefetch: 2, processing: 10ms", "processing: 10ms, prefetch: 2"],
])("%s does not change what runs", (_, before, after) => {
  expect(meaning(file.replace(before, after))).toBe(meaning(file));
});

test.each([
  ["a rate", "5/s", "6/s"],
  ["the seed", "seed: 3", "seed: 4"],
  ["where it goes", "shop: {queue: mails", "shop: {queue: letters"],
  ["an argument", "letters: {}", "letters: {arguments: {x-max-length: 10}}"],
  ["a fault", "expect:", "timeline:\n  - {at: 1s, crash: {consumer: mailer}, for: 1s}\nexpect:"],
  ["a key that makes the rest unreadable", "run:", "run: {"],
])("%s changes it", (_, before, after) => {
  expect(meaning(file.replace(before, after))).not.toBe(meaning(file));
});

test("is sixteen digits", () => expect(meaning(file)).toMatch(/^[\da-f]{16}$/));
