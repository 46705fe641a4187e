import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { extname } from "node:path";
import { build } from "esbuild";
import { history, layout, panel, pictures, report } from "../../scripts/build.mjs";
import { projectFolder } from "../../scripts/paths.mjs";
import type { ReportFiles } from "../../src/report/page.ts";

export interface ServedPanel {
  readonly url: string;
  /** Of the script, minified as it ships. */
  readonly scriptBytes: number;
  close(): Promise<void>;
}

/** With signs and arrows: nothing is left to what else a machine has. */
const letters = "DejaVu Sans";
const weights = [400, 700];
const letterFile = (weight: number): string => `dejavu-sans-latin-${weight}-normal.woff2`;

const letterRules = `${weights
  .map(
    (weight) =>
      `@font-face { font-family: "${letters}"; font-weight: ${weight}; src: url("/${letterFile(weight)}"); }`,
  )
  .join("\n")}
body { --vscode-font-family: "${letters}"; --vscode-editor-font-family: "${letters}"; }`;

/** Before anything is measured with them. */
export async function loadLetters(page: Page): Promise<void> {
  const fonts = weights.map((weight) => `${weight} 12px "${letters}"`);
  await page.evaluate(
    async (all) => void (await Promise.all(all.map((one) => document.fonts.load(one)))),
    fonts,
  );
}

const nonce = "bm9uY2Ugb2YgdGhlIHRlc3Rz";

/** The panel's page as the editor shows it: the same content security policy, the classes that name the theme. */
function page(origin: string, theme: string, sameLetters: boolean): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${origin}`,
    `img-src ${origin} data:`,
    `font-src ${origin}`,
  ].join("; ");
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <title>BrokerLab</title>
    <link rel="stylesheet" href="/themes.css" />
    ${sameLetters ? '<link rel="stylesheet" href="/letters.css" />' : ""}
    <link rel="stylesheet" href="/panel.css" />
  </head>
  <body class="${theme}">
    <script nonce="${nonce}" src="/panel.js"></script>
  </body>
</html>`;
}

/** A bundle exactly as it ships, made of what lies in the sources now. */
async function bundle({ entry, ...options }: typeof panel): Promise<ReadonlyMap<string, Uint8Array>> {
  const { outputFiles } = await build({
    ...options,
    absWorkingDir: projectFolder,
    entryPoints: [entry],
    sourcemap: false,
    write: false,
  });
  return new Map(outputFiles.map(({ path, contents }) => [path.slice(path.lastIndexOf("/")), contents]));
}

/** What a report is made of. */
export async function reportParts(): Promise<ReportFiles> {
  const [shown, stage, drawer] = await Promise.all([panel, report, layout].map(bundle));
  const text = (files: ReadonlyMap<string, Uint8Array> | undefined, name: string): string =>
    new TextDecoder().decode(files?.get(name));
  return {
    "panel.js": text(shown, "/panel.js"),
    "panel.css": text(shown, "/panel.css"),
    "report.js": text(stage, "/report.js"),
    "report.css": text(stage, "/report.css"),
    "layout.js": text(drawer, "/layout.js"),
  };
}

const types: ReadonlyMap<string, string> = new Map([
  [".css", "text/css; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".woff2", "font/woff2"],
]);

/** Serves the panel on 127.0.0.1, `/?theme=vscode-light` in another theme. */
export async function servePanel(): Promise<ServedPanel> {
  const files = new Map(
    (await Promise.all([panel, pictures, history].map(bundle))).flatMap((built) => [...built]),
  );
  files.set("/themes.css", await readFile(new URL("themes.css", import.meta.url)));
  files.set("/letters.css", Buffer.from(letterRules));
  for (const weight of weights) {
    const file = new URL(
      `files/${letterFile(weight)}`,
      import.meta.resolve("@fontsource/dejavu-sans/400.css"),
    );
    files.set(`/${letterFile(weight)}`, await readFile(file));
  }
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
    const type = types.get(extname(pathname)) ?? "text/html; charset=utf-8";
    const body =
      pathname === "/"
        ? page(origin, searchParams.get("theme") ?? "vscode-dark", searchParams.has("letters"))
        : files.get(pathname);
    response.writeHead(body === undefined ? 404 : 200, { "content-type": type });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/`,
    scriptBytes: files.get("/panel.js")?.byteLength ?? 0,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
