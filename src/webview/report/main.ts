import type { FromLayout, ToLayout } from "../../protocol/drawing.ts";
import type { FromPanel, ToPanel } from "../../protocol/panel.ts";
import { decodeOutcome } from "../../report/outcome-file.ts";
import type { Outcome } from "../../report/outcome.ts";
import "./report.css";
import { sourceOf } from "./source.ts";

/** Stands in for the editor around the panel: the run comes from the page itself, its layout from a worker of the page. */

// In the POSIX locale a browser names a language that no formatter takes, and the charts' library asks for one as it loads.
try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en-US" });
}

const plain = (id: string): string => document.getElementById(id)?.textContent ?? "";
const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

async function readRun(): Promise<Outcome> {
  const packed = new Blob([bytesOf(plain("run"))]).stream();
  const bytes = await new Response(packed.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  const outcome = decodeOutcome(new Uint8Array(bytes));
  if (outcome === undefined) throw new Error("The run in this report is of another version.");
  return outcome;
}

const tell = (message: ToPanel): void => window.postMessage(message, "*");

let layout: Worker | undefined;

function startLayout(): Worker {
  const script = new Blob([bytesOf(plain("layout"))], { type: "text/javascript" });
  const worker = new Worker(URL.createObjectURL(script));
  worker.onmessage = ({ data }: MessageEvent<FromLayout>) => {
    if (data.type === "placed") tell(data);
    else tell({ ...data, type: "unplaced" });
  };
  return worker;
}

const run = readRun();
let source: ReturnType<typeof sourceOf> | undefined;

async function start(): Promise<void> {
  const { uri, text, wallMs, result } = await run;
  const file = fileOf(uri);
  source ??= sourceOf(file, text);
  tell({ type: "result", file, uri, wallMs, result, stale: false });
}

function hear(message: FromPanel): void {
  switch (message.type) {
    case "ready":
      start().catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        tell({ type: "failed", file: "the report", message: reason });
      });
      break;
    case "place":
      layout ??= startLayout();
      layout.postMessage({ number: message.number, drawing: message.drawing } satisfies ToLayout);
      break;
    case "reveal":
      source?.reveal(message.start, message.end);
      break;
    case "runAgain":
    case "compareModels":
    case "openOther":
    case "compare":
    case "compareFiles":
    case "openRun":
    case "take":
    case "picture":
      // A page of its own has neither an engine nor a disk.
      break;
  }
}

function fileOf(uri: string): string {
  const name = uri.slice(uri.lastIndexOf("/") + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** The colors of the page are those of the system; who prefers the other ones is followed. */
const dark = matchMedia("(prefers-color-scheme: dark)");
const more = matchMedia("(prefers-contrast: more)");
const dress = (): void => {
  document.body.classList.toggle("vscode-dark", dark.matches);
  document.body.classList.toggle("vscode-light", !dark.matches);
  document.body.classList.toggle("vscode-high-contrast", more.matches);
};
dress();
dark.addEventListener("change", dress);
more.addEventListener("change", dress);

Object.assign(window, {
  acquireVsCodeApi: () => ({ postMessage: hear, getState: () => undefined, setState: () => undefined }),
});
