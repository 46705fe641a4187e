import assert from "node:assert/strict";
import * as vscode from "vscode";
import { closeAll, codeOf, openYaml, problems, replace, thumbnails, until } from "./editor.ts";

describe("diagnostics", () => {
  afterEach(closeAll);

  it("put an error on exactly the wrong word, with the nearest name", async () => {
    const editor = await openYaml(thumbnails);
    const { document } = editor;
    await replace(editor, "{queue: thumbnails, prefetch", "{queue: thumbnials, prefetch");
    const [problem, ...others] = await until(
      "the problem",
      () => problems(document).length > 0 && problems(document),
    );
    assert.ok(problem);
    assert.deepEqual(
      others.filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error),
      [],
    );
    assert.equal(problem.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(codeOf(problem), "unknown-reference");
    assert.equal(document.getText(problem.range), "thumbnials");
    assert.match(problem.message, /thumbnails/);
  });

  it("lead to the page of their check", async () => {
    const { document } = await openYaml(thumbnails.replace("queue: mails, rate", "queue: mial, rate"));
    const [problem] = await until("the problem", () => problems(document).length > 0 && problems(document));
    const code = problem?.code;
    assert.ok(typeof code === "object");
    assert.match(code.target.path, /\/docs\/checks\/unknown-reference\.md$/);
    const page = await vscode.workspace.fs.readFile(code.target);
    assert.match(new TextDecoder().decode(page), /unknown-reference/);
  });

  it("follow the text through quick edits to its last state", async () => {
    const editor = await openYaml(thumbnails);
    const { document } = editor;
    await replace(editor, "queue: mails, prefetch", "queue: m, prefetch");
    for (const [before, after] of ["m", "ma", "max", "mac", "mai", "mail"].map((word, at, all) => [
      word,
      all[at + 1],
    ]))
      if (after !== undefined)
        await replace(editor, `queue: ${before}, prefetch`, `queue: ${after}, prefetch`);
    await until("the last word's problem", () =>
      problems(document).some((problem) => document.getText(problem.range) === "mail"),
    );
    await replace(editor, "queue: mail, prefetch", "queue: mails, prefetch");
    await until("no problem", () => problems(document).length === 0);
  });

  it("recognise a plain YAML file by its `topology:` key, as soon as it is typed", async () => {
    const editor = await openYaml(
      thumbnails.replace("topology: 1\n", "").replace("queue: mails, rate", "queue: mial, rate"),
    );
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), "topology: 1\n"));
    await until("a problem", () => problems(editor.document).length > 0);
    await replace(editor, "topology: 1\n", "");
    await until("no problem in what is no topology any more", () => problems(editor.document).length === 0);
  });

  it("go when the file is closed", async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    assert.ok(folder);
    const file = vscode.Uri.joinPath(folder, "closing.topology.yaml");
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(thumbnails.replace("mails: {}", "")));
    const shown = (): number => vscode.languages.getDiagnostics(file).length;
    // A document that the API opens is held for minutes; one that a person opens goes with its tab.
    await vscode.commands.executeCommand("vscode.open", file);
    await until("a problem", () => shown() > 0);
    await closeAll();
    await until("no problem", () => shown() === 0);
    await vscode.workspace.fs.delete(file);
  });

  it("obey brokerlab.checks", async () => {
    const settings = vscode.workspace.getConfiguration("brokerlab");
    const { document } = await openYaml(thumbnails.replace("queue: mails, rate", "queue: mial, rate"));
    await until("a problem", () => problems(document).length > 0);
    try {
      await settings.update(
        "checks",
        { "unknown-reference": "information" },
        vscode.ConfigurationTarget.Global,
      );
      await until("a milder problem", () =>
        problems(document).some(({ severity }) => severity === vscode.DiagnosticSeverity.Information),
      );
      await settings.update("checks", { "unknown-reference": "off" }, vscode.ConfigurationTarget.Global);
      await until("no such problem", () =>
        problems(document).every((problem) => codeOf(problem) !== "unknown-reference"),
      );
    } finally {
      await settings.update("checks", undefined, vscode.ConfigurationTarget.Global);
    }
  });
});
