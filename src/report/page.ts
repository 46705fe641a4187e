import { encodeOutcome } from "./outcome-file.ts";
import type { Outcome } from "./outcome.ts";

/** Of what a report is made: texts of bundles, by the names of their files in `dist`. */
export const reportFiles = ["panel.js", "panel.css", "report.js", "report.css", "layout.js"] as const;
export type ReportFiles = Readonly<Record<(typeof reportFiles)[number], string>>;

/**
 * A page that plays the run back in any browser and asks nothing of any network: the panel with all that it needs, and the run.
 * Names from the file stand in its data alone, never in its markup.
 */
export async function reportPage(outcome: Outcome, files: ReportFiles): Promise<string> {
  const style = `${shipped(files["panel.css"])}\n${shipped(files["report.css"])}`;
  const [stage, panel] = [shipped(files["report.js"]), shipped(files["panel.js"])];
  const [styleHash, ...scriptHashes] = await Promise.all([style, stage, panel].map(hash));
  const policy = [
    "default-src 'none'",
    `script-src ${scriptHashes.join(" ")}`,
    `style-src ${styleHash}`,
    "img-src data:",
    "worker-src blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="BrokerLab">
<title>BrokerLab report</title>
<style>${style}</style>
</head>
<body class="report">
<script type="text/plain" id="run">${base64(await packed(encodeOutcome(outcome)))}</script>
<script type="text/plain" id="layout">${base64(new TextEncoder().encode(shipped(files["layout.js"])))}</script>
<script>${stage}</script>
<script>${panel}</script>
</body>
</html>
`;
}

/** A bundle without the name of its source map, which does not come along. */
function shipped(text: string): string {
  return text.replace(/\n?(?:\/\/# sourceMappingURL=\S+|\/\*# sourceMappingURL=\S+ \*\/)\s*$/, "");
}

async function hash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `'sha256-${base64(new Uint8Array(digest))}'`;
}

async function packed(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Bytes at a time: more would be too many arguments of one call. A multiple of 3, so that no padding falls inside. */
const chunk = 0x6000;

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += chunk)
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + chunk)));
  return text;
}
