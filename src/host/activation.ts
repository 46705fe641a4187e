import { commands, window, workspace, Disposable, type ExtensionContext, type TextDocument } from "vscode";
import type { Lab } from "./lab.ts";
import { isTopologyFile } from "./recognition.ts";
import type { Workers } from "./worker-link.ts";

/**
 * A topology file may be any YAML file, so VS Code wakes us for each. This part only looks: the views are
 * loaded with the first topology file or command, and the language worker is started by them.
 */
export function activate(context: ExtensionContext, workers: Workers): void {
  let lab: Promise<Lab> | undefined;
  const load = (): Promise<Lab> => {
    lookout.dispose();
    return (lab ??= import("./lab.ts").then((module) => new module.Lab(context, workers)));
  };
  const look = (document: TextDocument): void => {
    if (lab === undefined && isTopologyFile(document)) void load();
  };
  const lookout = Disposable.from(
    workspace.onDidOpenTextDocument(look),
    workspace.onDidChangeTextDocument(({ document }) => look(document)),
  );
  context.subscriptions.push(
    lookout,
    commands.registerCommand("brokerlab.run", async (target?: unknown) => (await load()).run(target)),
    commands.registerCommand("brokerlab.cancelRun", async () => (await load()).cancel()),
    commands.registerCommand("brokerlab.showResults", async (target?: unknown) =>
      (await load()).showResults(target),
    ),
    commands.registerCommand("brokerlab.saveResults", async (form?: unknown, target?: unknown) =>
      (await load()).saveResults(form, target),
    ),
    commands.registerCommand("brokerlab.showHistory", async (target?: unknown) =>
      (await load()).showHistory(target),
    ),
    commands.registerCommand("brokerlab.compareRuns", async (target?: unknown) =>
      (await load()).compareRuns(target),
    ),
    commands.registerCommand("brokerlab.compareModels", async (target?: unknown) =>
      (await load()).compareModels(target),
    ),
    commands.registerCommand("brokerlab.openOtherModel", async (target?: unknown) =>
      (await load()).openOtherModel(target),
    ),
    commands.registerCommand("brokerlab.getStarted", () =>
      commands.executeCommand("workbench.action.openWalkthrough", `${context.extension.id}#start`, false),
    ),
    commands.registerCommand("brokerlab.newFile", async () => (await load()).newFile()),
    window.registerWebviewPanelSerializer("brokerlab.results", {
      deserializeWebviewPanel: async (panel) => (await load()).restore(panel),
    }),
  );
  workspace.textDocuments.forEach(look);
}
