import { expect, test } from "vitest";
import { parse, thingAt } from "../../../src/core/language.ts";

const text = `topology: 1
kafka:
  topics:
    orders: {partitions: 3}
rabbitmq:
  exchanges:
    dead: {type: fanout}
  queues:
    mail: {arguments: {x-dead-letter-exchange: dead}}
  vhosts:
    shop:
      queues:
        mail: {arguments: {x-max-length: 10}}
producers:
  web: {topic: orders, rate: 5/s}
consumers:
  billing: {topic: orders, group: invoices, processing: 5ms}
run: {duration: 10s}
`;
const parsed = parse(text);

test.each([
  ["partitions", "topic orders"],
  ["fanout", "exchange dead"],
  ["x-dead-letter-exchange", "queue mail"],
  ["dead}", "exchange dead"],
  ["x-max-length", "queue shop/mail"],
  ["rate", "producer web"],
  ["orders, rate", "topic orders"],
  ["invoices", "group invoices"],
  ["processing", "consumer billing"],
])("at `%s` the cursor is about %s", (place, thing) => {
  const found = thingAt(parsed, text.indexOf(place) + 1);
  expect(found && `${found.kind} ${found.text}`).toBe(thing);
});

test.each(["topology", "topics:", "duration"])("at `%s` it is about no one thing", (place) => {
  expect(thingAt(parsed, text.indexOf(place) + 1)).toBeUndefined();
});

test("a broken text is no reason to throw", () => {
  for (let end = 0; end < text.length; end += 3)
    expect(() => thingAt(parse(text.slice(0, end)), end)).not.toThrow();
});
