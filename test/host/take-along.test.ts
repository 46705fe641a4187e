import assert from "node:assert/strict";
import * as vscode from "vscode";
import { parse } from "../../src/core/index.ts";
import { simulate, summaryText } from "../../src/core/run.ts";
import { closeAll, openYaml, thumbnails } from "./editor.ts";

/** A place for one file, in the folder of the tests' window. */
function target(name: string): vscode.Uri {
  return vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, name);
}

async function saved(form: string, name: string): Promise<string> {
  await vscode.commands.executeCommand("brokerlab.saveResults", form, target(name));
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(target(name)));
}

describe("a run that is taken along", () => {
  before(async () => {
    const { document } = await openYaml(thumbnails);
    await vscode.commands.executeCommand("brokerlab.run", document.uri);
  });
  after(closeAll);

  it("as JSON is what the command line prints", async () => {
    assert.equal(await saved("json", "run.json"), summaryText(simulate(parse(thumbnails).topology).summary));
  });

  it("as CSV has the series and the messages", async () => {
    assert.match(await saved("series", "series.csv"), /^time_ms,of,name,metric,mean,max\r\n/);
    assert.match(
      await saved("messages", "messages.csv"),
      /^message,time_ms,station,kind,name,number,detail\r\n/,
    );
  });

  it("as Mermaid is the topology", async () => {
    assert.match(await saved("mermaid", "run.mmd"), /^flowchart LR\n/);
  });

  it("as a report is a page by itself", async () => {
    const page = await saved("report", "run.html");
    assert.match(page, /script-src 'sha256-/);
    assert.doesNotMatch(page, /<script[^>]* src=|<link/);
    assert.ok(page.length > 100_000);
  });
});
