import { cp, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { projectFolder } from "../../scripts/paths.mjs";
import { arrive } from "../../tools/editor/person.mjs";
import { startServer } from "../../tools/editor/server.mjs";
import { openWorkbench } from "../../tools/editor/workbench.mjs";

export interface EditorSession {
  readonly page: Page;
  /** The folder that is open: a copy of the examples, and the given files. */
  readonly folder: string;
  close(): Promise<void>;
}

/** A real VS Code with the extension as it is built, and a browser before it. */
export async function startSession(
  files: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, unknown>> = {},
  untrusted = false,
): Promise<EditorSession> {
  const temporary = await realpath(await mkdtemp(join(tmpdir(), "brokerlab-session-")));
  const folder = join(temporary, "workspace");
  await cp(join(projectFolder, "examples"), folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const server = await startServer({
    testDriver: true,
    dataFolder: join(temporary, "data"),
    settings,
    untrusted,
  });
  const workbench = await openWorkbench({ port: server.port, folder, developed: [projectFolder] });
  workbench.page.setDefaultTimeout(30_000);
  const close = async (): Promise<void> => {
    await workbench.close();
    await server.stop();
    await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await arrive(workbench.page);
  } catch (error) {
    await close();
    throw error;
  }
  return { page: workbench.page, folder, close };
}
