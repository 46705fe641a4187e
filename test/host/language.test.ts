import assert from "node:assert/strict";
import * as vscode from "vscode";
import { Language, type TextSource } from "../../src/host/language.ts";
import type { WorkerListener } from "../../src/host/worker-link.ts";
import { nodeWorkers } from "../../src/host/worker-thread.ts";
import type { Answer, FromLanguage, ToLanguage } from "../../src/protocol/language.ts";
import { extension, thumbnails, until } from "./editor.ts";

/** A document that changes when the test says so. */
class Paper implements TextSource {
  readonly uri: vscode.Uri;
  version = 1;
  private text: string;

  constructor(name = "a", text = thumbnails) {
    this.uri = vscode.Uri.file(`/${name}.topology.yaml`);
    this.text = text;
  }

  getText(): string {
    return this.text;
  }

  change(text: string): void {
    this.text = text;
    this.version++;
  }
}

/** Workers that answer only what the test makes them say. */
class Workers {
  readonly started: WorkerListener<FromLanguage>[] = [];
  readonly posted: ToLanguage[] = [];
  readonly told: string[] = [];
  ended = 0;
  readonly start = async (_: vscode.Uri, listener: WorkerListener<FromLanguage>) => {
    this.started.push(listener);
    return { post: (message: ToLanguage) => void this.posted.push(message), end: () => void this.ended++ };
  };

  language(patience?: { answer: number; idle: number }): Language {
    return new Language(vscode.Uri.file("/"), this.start, (reason) => this.told.push(reason), patience);
  }

  say(message: FromLanguage): void {
    this.started.at(-1)?.message(message);
  }

  sequence(): string[] {
    return this.posted.map((message) => `${message.type} ${"ask" in message ? message.ask : message.uri}`);
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const checked: Answer<"check"> = { problems: [], seed: 5 };
const answer = (ask: number): FromLanguage => ({ type: "answer", ask, answer: checked });

describe("the language worker's client, with workers of paper", () => {
  it("starts its worker with the first question, and sends a text once for each version", async () => {
    const workers = new Workers();
    const language = workers.language();
    const paper = new Paper();
    assert.equal(workers.started.length, 0);
    const first = language.ask("check", paper, undefined);
    const second = language.ask("check", paper, undefined);
    await turn();
    workers.say(answer(1));
    workers.say(answer(2));
    assert.deepEqual(await Promise.all([first, second]), [checked, checked]);
    paper.change("topology: 1\n");
    void language.ask("check", paper, undefined);
    await turn();
    assert.equal(workers.started.length, 1);
    const uri = paper.uri.toString();
    assert.deepEqual(workers.sequence(), [`text ${uri}`, "ask 1", "ask 2", `text ${uri}`, "ask 3"]);
    language.dispose();
  });

  it("answers nothing about a text that has changed meanwhile", async () => {
    const workers = new Workers();
    const language = workers.language();
    const paper = new Paper();
    const early = language.ask("check", paper, undefined);
    paper.change("topology: 1\n");
    assert.equal(await early, undefined);
    const late = language.ask("check", paper, undefined);
    await turn();
    workers.say({ type: "stale", ask: 2 });
    assert.equal(await late, undefined);
    language.dispose();
  });

  it("forgets a question that VS Code has cancelled", async () => {
    const workers = new Workers();
    const language = workers.language();
    const source = new vscode.CancellationTokenSource();
    const asked = language.ask("check", new Paper(), undefined, source.token);
    await turn();
    source.cancel();
    assert.equal(await asked, undefined);
    await turn();
    assert.deepEqual(workers.posted.at(-1), { type: "forget", ask: 1 });
    language.dispose();
  });

  it("hands on why a question could not be answered", async () => {
    const workers = new Workers();
    const language = workers.language();
    const asked = language.ask("check", new Paper(), undefined);
    await turn();
    workers.say({ type: "failed", ask: 1, message: "for the test" });
    await assert.rejects(asked, /for the test/);
    assert.deepEqual(workers.told, []);
    language.dispose();
  });

  it("ends its worker with the last file, and starts another for the next", async () => {
    const workers = new Workers();
    const language = workers.language();
    const [one, two] = [new Paper("one"), new Paper("two")];
    const asked = [language.ask("check", one, undefined), language.ask("check", two, undefined)];
    await turn();
    workers.say(answer(2));
    language.close(one);
    assert.equal(await asked[0], undefined);
    await turn();
    assert.equal(workers.ended, 0);
    language.close(new Paper("never asked about"));
    language.close(two);
    await turn();
    assert.equal(workers.ended, 1);
    void language.ask("check", two, undefined);
    await turn();
    assert.equal(workers.started.length, 2);
    assert.equal(workers.sequence().at(-2), `text ${two.uri.toString()}`);
    language.dispose();
  });

  it("starts a worker that crashed once more, with the questions that wait", async () => {
    const workers = new Workers();
    const language = workers.language();
    const asked = language.ask("check", new Paper(), undefined);
    await turn();
    workers.started[0]?.crash("its memory is used up");
    await turn();
    assert.equal(workers.started.length, 2);
    assert.deepEqual(workers.posted.slice(0, 2), workers.posted.slice(2));
    workers.started[0]?.crash("the end of the first worker, told late");
    workers.say(answer(1));
    assert.deepEqual(await asked, checked);
    assert.deepEqual(workers.told, []);
    language.dispose();
  });

  it("tells of a worker that crashes twice, and asks nothing until it is to start again", async () => {
    const workers = new Workers();
    const language = workers.language();
    const paper = new Paper();
    const asked = language.ask("check", paper, undefined);
    asked.catch(() => undefined);
    for (const reason of ["one", "its memory is used up"]) {
      await turn();
      workers.started.at(-1)?.crash(reason);
    }
    await assert.rejects(asked, /its memory is used up/);
    assert.equal(workers.told.length, 1);
    assert.match(workers.told[0] ?? "", /its memory is used up/);
    await assert.rejects(language.ask("check", paper, undefined), /its memory is used up/);
    assert.equal(workers.started.length, 2);
    language.startAgain();
    const again = language.ask("check", paper, undefined);
    await turn();
    assert.equal(workers.started.length, 3);
    workers.say(answer(2));
    assert.deepEqual(await again, checked);
    language.dispose();
  });

  it("ends a worker that hangs, and one that is asked nothing any more", async () => {
    const workers = new Workers();
    const language = workers.language({ answer: 1, idle: 1 });
    const asked = language.ask("check", new Paper(), undefined);
    await assert.rejects(asked, /no answer/);
    assert.equal(workers.ended, 2);
    language.startAgain();
    const patient = workers.language({ answer: 30_000, idle: 1 });
    const idle = patient.ask("check", new Paper(), undefined);
    await turn();
    workers.say(answer(1));
    await idle;
    await until("the end of the idle worker", () => workers.ended === 3);
    assert.equal(workers.told.length, 1);
    language.dispose();
    patient.dispose();
  });
});

describe("the language worker's client, with the worker that ships", () => {
  const told: string[] = [];
  const language = new Language(extension().extensionUri, nodeWorkers.language, (reason) =>
    told.push(reason),
  );
  after(() => language.dispose());

  it("checks the newest text alone, whatever was asked before it", async () => {
    const queues = Array.from({ length: 2_000 }, (_, at) => `    q${at}: {}\n`).join("");
    const paper = new Paper("long", thumbnails.replace("    mails: {}\n", `    mails: {}\n${queues}`));
    const answers = [language.ask("check", paper, undefined)];
    for (const word of ["mial", "mai", "ma"]) {
      await turn();
      paper.change(thumbnails.replace("queue: mails, rate", `queue: ${word}, rate`));
      answers.push(language.ask("check", paper, undefined));
    }
    const last = (await Promise.all(answers)).at(-1);
    assert.equal(last?.problems.length, 1);
    const { start, end } = last.problems[0]!.span;
    assert.equal(paper.getText().slice(start, end), "ma");
    assert.deepEqual(told, []);
  });

  it("reads a topology for a run, maps and all", async () => {
    const read = await language.ask("read", new Paper("read"), undefined);
    assert.equal(read?.topology.run.seed, 3);
    assert.deepEqual([...(read.topology.rabbitmq?.queues.keys() ?? [])], ["thumbnails", "mails"]);
  });

  it("tells when the worker cannot be started", async () => {
    const reasons: string[] = [];
    const nowhere = new Language(
      vscode.Uri.file("/there/is/no/such/folder"),
      nodeWorkers.language,
      (reason) => reasons.push(reason),
    );
    await assert.rejects(nowhere.ask("check", new Paper(), undefined), /no\/such\/folder/);
    assert.equal(reasons.length, 1);
    nowhere.dispose();
  });
});
