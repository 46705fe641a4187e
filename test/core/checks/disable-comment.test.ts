import { expect, test } from "vitest";
import { check } from "../../../src/core/index.ts";
import { mended } from "../marked-problems.ts";

const file = (comments: string) => `topology: 1
rabbitmq:
  queues: {a: {}}
  bindings:
    - {source: amq.fanout, destination: a}
${comments}    - {source: amq.fanout, destination: a, routing_key: x}
`;
const codes = (text: string): string[] => check(text).map(({ code }) => code);

test("comments one below the other all speak of the line behind them", () => {
  expect(codes(file(""))).toEqual(["duplicate-binding", "key-ignored"]);
  const one = "    # brokerlab-disable-next-line key-ignored\n";
  expect(codes(file(one))).toEqual(["duplicate-binding"]);
  expect(codes(file(`${one}    # brokerlab-disable-next-line duplicate-binding\n`))).toEqual([]);
  expect(codes(file(`${one}    # why\n`))).toEqual(["duplicate-binding", "key-ignored"]);
});

test("the fix writes the comment above the line, and further codes into it", () => {
  const [double] = check(file(""));
  const once = mended(file(""), double, "Disable 'duplicate-binding' for this line");
  expect(once).toBe(file("    # brokerlab-disable-next-line duplicate-binding\n"));
  const twice = mended(once, check(once)[0], "Disable 'key-ignored' for this line");
  expect(twice).toBe(file("    # brokerlab-disable-next-line duplicate-binding, key-ignored\n"));
  expect(check(twice)).toEqual([]);
});
