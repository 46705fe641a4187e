import { Uri, type Webview } from "vscode";

/** The page of the results panel. Names from a topology file never stand in it: they come as messages. */
export function resultsPage(webview: Webview, extension: Uri): string {
  const asset = (name: string): string =>
    webview.asWebviewUri(Uri.joinPath(extension, "dist", name)).toString();
  const nonce = crypto.randomUUID();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
    `font-src ${webview.cspSource}`,
  ].join("; ");
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${asset("panel.css")}" />
    <title>BrokerLab results</title>
  </head>
  <body>
    <script nonce="${nonce}" src="${asset("panel.js")}"></script>
  </body>
</html>`;
}
