import assert from "node:assert/strict";
import * as vscode from "vscode";
import { starterGroups } from "../../src/host/starters.ts";
import { extension } from "./editor.ts";

describe("the files to start from", () => {
  it("are all short ones and all examples, each once", async () => {
    const { extensionUri } = extension();
    const there: string[] = [];
    for (const folder of ["starters", "examples"])
      for (const [name] of await vscode.workspace.fs.readDirectory(vscode.Uri.joinPath(extensionUri, folder)))
        there.push(`${folder}/${name}`);
    const offered = starterGroups.flatMap(({ starters }) => starters.map(({ file }) => file));
    assert.deepEqual(offered.toSorted(), there.toSorted());
  });
});
