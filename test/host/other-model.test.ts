import assert from "node:assert/strict";
import * as vscode from "vscode";
import { parse, translate } from "../../src/core/index.ts";
import { simulate } from "../../src/core/run.ts";
import { Language } from "../../src/host/language.ts";
import { OtherModel } from "../../src/host/other-model.ts";
import type { ResultsPanel } from "../../src/host/results-panel.ts";
import { Simulator } from "../../src/host/simulator.ts";
import { nodeWorkers } from "../../src/host/worker-thread.ts";
import type { ToPanel } from "../../src/protocol/panel.ts";
import { closeAll, extension, openNamedYaml, problems, thumbnails, until } from "./editor.ts";

type Models = Extract<ToPanel, { type: "models" }>;

/** As much of the panel as hears of both models. */
class Paper {
  readonly told: Models[] = [];
  ended = 0;
  readonly shown: ToPanel;

  constructor(shown: ToPanel) {
    this.shown = shown;
  }

  tellModels(models: Models): void {
    this.told.push(models);
  }

  endProgress(): void {
    this.ended++;
  }
}

const result = simulate(parse(thumbnails).topology);

function both(uri: string, simulator: Simulator, language: Language) {
  const shown = { type: "result", file: "a", uri, wallMs: 1, result, stale: false } as const;
  const panel = new Paper(shown);
  const { extensionUri } = extension();
  const other = new OtherModel(
    extensionUri,
    nodeWorkers.models,
    language,
    simulator,
    panel as unknown as ResultsPanel,
  );
  const outcome = { uri, text: thumbnails, meaning: "", wallMs: 1, result };
  return { panel, compare: (watch: Parameters<OtherModel["compare"]>[1]) => other.compare(outcome, watch) };
}

describe("the other model", () => {
  const uri = "file:///both.topology.yaml";
  const simulator = new Simulator(extension().extensionUri, nodeWorkers.engine);
  const language = new Language(extension().extensionUri, nodeWorkers.language, () => undefined);

  afterEach(closeAll);
  after(() => {
    simulator.dispose();
    language.dispose();
  });

  it("is run by the engine's worker, and told of beside the file's own run", async function () {
    this.timeout(120_000);
    const { panel, compare } = both(uri, simulator, language);
    const state = { ended: 0 };
    await compare(() => ({ progress: () => undefined, ended: () => void state.ended++ }));
    assert.equal(state.ended, 1);
    const [told] = panel.told;
    assert.deepEqual([told?.own, told?.other], [["queues"], ["log"]]);
    assert.deepEqual(told?.notes, translate(parse(thumbnails))?.notes);
    const sent = told?.figures.find(({ of, name }) => of === undefined && name === "sent");
    assert.deepEqual([sent?.own, sent?.other], [result.summary.totals.sent, result.summary.totals.sent]);
  });

  it("ends when it is cancelled: the run on display stays", async function () {
    this.timeout(120_000);
    const { panel, compare } = both(uri, simulator, language);
    await compare(() => {
      queueMicrotask(() => simulator.cancel());
      return { progress: () => undefined, ended: () => undefined };
    });
    assert.deepEqual([panel.told.length, panel.ended], [0, 1]);
  });

  it("opens as a new file without errors, unsaved", async function () {
    this.timeout(120_000);
    const { document } = await openNamedYaml("/thumbs.topology.yaml", thumbnails);
    await vscode.commands.executeCommand("brokerlab.openOtherModel", document.uri);
    const opened = await until("the other file", () => {
      const active = vscode.window.activeTextEditor?.document;
      return active !== undefined && active !== document ? active : undefined;
    });
    assert.equal(opened.uri.scheme, "untitled");
    assert.match(opened.uri.path, /thumbs-log(-\d+)?\.topology\.yaml$/);
    assert.equal(opened.getText(), translate(parse(thumbnails))?.text);
    const isError = ({ severity }: { readonly severity: unknown }): boolean =>
      severity === vscode.DiagnosticSeverity.Error || severity === "error";
    assert.deepEqual(parse(opened.getText()).problems.filter(isError), []);
    // The file was empty for a moment, and what was wrong with that may still be shown.
    await until("a file without errors", () => !problems(opened).some(isError));
  });

  it("is asked for by a command, which runs the file first where that has not been done", async function () {
    this.timeout(120_000);
    const { document } = await openNamedYaml("/beside.topology.yaml", thumbnails);
    await vscode.commands.executeCommand("brokerlab.compareModels", document.uri);
    const shown = (tab: vscode.Tab): boolean => tab.label === "BrokerLab Results";
    await until("the results", () => vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(shown)));
  });
});
