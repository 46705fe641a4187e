import { expect, test } from "vitest";
import type { Problem } from "../../src/core/index.ts";
import type { Checked, FromLanguage, Question, ToLanguage } from "../../src/protocol/language.ts";
import { LanguageSession } from "../../src/worker/language-session.ts";

const good = "topology: 1\nrabbitmq: {queues: {work: {}}}\nrun: {duration: 1s, seed: 7}\n";
const wrong = "topology: 1\nrabbitmq: {queue: {work: {}}}\n";

/** A thread in which the messages of a batch arrive between two answers; it ends when all have been worked off. */
async function talk(...batches: readonly (readonly ToLanguage[])[]): Promise<FromLanguage[]> {
  const posted: FromLanguage[] = [];
  const [first = [], ...later] = batches;
  const session: LanguageSession = new LanguageSession({
    post: (message) => {
      posted.push(message);
      for (const next of later.shift() ?? []) session.receive(next);
    },
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
  });
  for (const message of first) session.receive(message);
  const asked = batches.flat().filter(({ type }) => type === "ask").length;
  const forgotten = batches.flat().filter(({ type }) => type === "forget").length;
  while (posted.length < asked - forgotten) await new Promise((resolve) => setImmediate(resolve));
  return posted;
}

const uri = "file:///a.topology.yaml";
const text = (version: number, content: string): ToLanguage => ({
  type: "text",
  uri,
  version,
  text: content,
});
const ask = (number: number, version: number, question: Question = "check"): ToLanguage =>
  ({ type: "ask", ask: number, uri, version, question, details: undefined }) as ToLanguage;
const order = (messages: readonly FromLanguage[]) => messages.map(({ type, ask }) => [type, ask]);

const problemsOf = (message: FromLanguage | undefined): readonly Problem[] =>
  message?.type === "answer" ? ((message.answer as Checked | undefined)?.problems ?? []) : [];

test("checks a text, and tells the seed of its runs", async () => {
  const [answer] = await talk([text(1, good), ask(1, 1)]);
  expect(answer).toEqual({ type: "answer", ask: 1, answer: { problems: [], seed: 7 } });
});

test("reports problems as offsets into the text", async () => {
  const [answer] = await talk([text(1, wrong), ask(1, 1)]);
  expect(answer).toMatchObject({ answer: { problems: [{ severity: "error" }] } });
  const [{ span } = { span: { start: 0, end: 0 } }] = problemsOf(answer);
  expect(wrong.slice(span.start, span.end)).toBe("queue");
});

test("reads a text for a run", async () => {
  const [answer] = await talk([text(1, good), ask(1, 1, "read")]);
  expect(answer).toMatchObject({ type: "answer", answer: { topology: { run: { seed: 7 } } } });
});

test("tells what is connected to what, and what the cursor is about", async () => {
  const cursor = { ...ask(2, 1, "thing"), details: { offset: good.indexOf("work") } } as ToLanguage;
  const [graph, thing] = await talk([text(1, good), ask(1, 1, "graph"), cursor]);
  expect(graph).toMatchObject({ answer: { nodes: [{ id: "queue:work" }], edges: [] } });
  expect(thing).toMatchObject({ answer: "queue:work" });
});

test("answers nothing about a text that is no longer the newest, however many have come in", async () => {
  const typed = Array.from({ length: 50 }, (_, at) => [text(at + 1, good), ask(at + 1, at + 1)]).flat();
  const answers = await talk(typed);
  expect(answers.filter(({ type }) => type === "answer").map((answer) => answer.ask)).toEqual([50]);
  expect(answers.filter(({ type }) => type === "stale")).toHaveLength(49);
});

test("a question of an old text that comes after the new one is stale as well, and so is one of a closed file", async () => {
  expect(order(await talk([text(2, good), ask(1, 1), ask(2, 2)]))).toEqual([
    ["stale", 1],
    ["answer", 2],
  ]);
  expect(order(await talk([text(1, good), { type: "close", uri }, ask(1, 1)]))).toEqual([["stale", 1]]);
});

test("what a person waits for goes before checks", async () => {
  const answers = await talk(
    [text(1, good), ask(1, 1), ask(2, 1), ask(3, 1)],
    [ask(4, 1, "read"), ask(5, 1, "read")],
  );
  expect(answers.map((answer) => answer.ask)).toEqual([1, 4, 5, 2, 3]);
});

test("checks go before what is drawn beside the text", async () => {
  const [drawn, checked] = [ask(2, 1, "hints"), ask(5, 1)];
  const asked = [
    drawn,
    ask(3, 1, "folds"),
    ask(4, 1, "outline"),
    checked,
    ask(6, 1, "codeLinks"),
    ask(7, 1, "read"),
  ];
  const answers = await talk([text(1, good), ask(1, 1)], asked);
  expect(answers.map((answer) => answer.ask)).toEqual([1, 7, 5, 2, 3, 4, 6]);
});

test("forgets a question whose answer nobody waits for", async () => {
  const answers = await talk([text(1, good), ask(1, 1), ask(2, 1), { type: "forget", ask: 1 }]);
  expect(answers.map((answer) => answer.ask)).toEqual([2]);
});

test("texts of several files do not meet", async () => {
  const other: ToLanguage[] = [
    { type: "text", uri: "b", version: 1, text: wrong },
    { type: "ask", ask: 2, uri: "b", version: 1, question: "check", details: undefined },
  ];
  const answers = await talk([text(1, good), ...other, ask(1, 1)]);
  expect(answers.map((answer) => [answer.ask, problemsOf(answer).length])).toEqual([
    [2, 1],
    [1, 0],
  ]);
});
