import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launchBrowser, localContext } from "../../tools/editor/browser.mjs";
import { standIn } from "./editor.ts";
import { loadLetters, servePanel } from "./page.ts";
import type { ServedPanel } from "./page.ts";

type Options = BrowserContextOptions & {
  readonly theme?: string;
  /** In the letters that npm carries, in place of those of the machine. */
  readonly sameLetters?: boolean;
};

interface Opened {
  /** The served page; there once the tests run. */
  readonly served: () => ServedPanel;
  open(options?: Options): Promise<Page>;
}

/** One browser and one server for the tests of a file; every panel must end without errors of its own. */
export function panels(launch = launchBrowser): Opened {
  let browser: Browser;
  let served: ServedPanel;
  const errors: string[] = [];

  beforeAll(async () => {
    [browser, served] = await Promise.all([launch(), servePanel()]);
  });
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  afterAll(async () => {
    await Promise.all([browser.close(), served.close()]);
    expect(errors).toEqual([]);
  });

  return {
    served: () => served,
    async open({ theme = "vscode-dark", sameLetters = false, ...options } = {}) {
      const context = await localContext(browser, { viewport: { width: 1280, height: 860 }, ...options });
      const page = await context.newPage();
      page.on("pageerror", ({ message }) => errors.push(message));
      await standIn(page);
      await page.goto(
        `${served.url}?theme=${encodeURIComponent(theme)}${sameLetters ? "&letters=same" : ""}`,
      );
      await page.waitForFunction(() => window.posted.length > 0);
      if (sameLetters) await loadLetters(page);
      return page;
    },
  };
}
