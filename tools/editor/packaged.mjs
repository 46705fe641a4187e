// The carried VS Code as a user has it: a package installed, a folder open.
import { cp, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { arrive } from "./person.mjs";
import { installExtension, startServer } from "./server.mjs";
import { openWorkbench } from "./workbench.mjs";

const patienceMs = 60_000;

/**
 * @param {object} options
 * @param {string} options.vsix
 * @param {string} options.folder copied, so that nothing typed into it stays
 * @param {Record<string, unknown>} [options.settings]
 * @param {import("playwright-core").BrowserContextOptions} [options.context]
 */
export async function openPackaged({ vsix, folder, settings, context }) {
  const temporary = await realpath(await mkdtemp(join(tmpdir(), "brokerlab-packaged-")));
  const workspace = join(temporary, "workspace");
  const dataFolder = join(temporary, "server");
  const extensions = join(temporary, "extensions");
  const remove = () => rm(temporary, { recursive: true, force: true, maxRetries: 5 });
  try {
    await cp(folder, workspace, { recursive: true });
    await installExtension(vsix, { dataFolder, extensions });
    const server = await startServer({
      dataFolder,
      extensions,
      ...(settings === undefined ? {} : { settings }),
    });
    const workbench = await openWorkbench({
      port: server.port,
      folder: workspace,
      ...(context === undefined ? {} : { context }),
    });
    workbench.page.setDefaultTimeout(patienceMs);
    await arrive(workbench.page);
    const close = async () => {
      await workbench.close();
      await server.stop();
      await remove();
    };
    return { page: workbench.page, workspace, extensions, close };
  } catch (error) {
    await remove();
    throw error;
  }
}
