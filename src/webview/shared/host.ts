import type { Drawing, Placement } from "../../protocol/drawing.ts";
import type { Form, FromPanel, ToPanel } from "../../protocol/panel.ts";

export type { Form } from "../../protocol/panel.ts";

/** What the panel remembers across a reload of its page; the host sends the result itself again. */
interface Remembered {
  readonly charts: readonly string[];
}

interface Host {
  postMessage(message: FromPanel): void;
  getState(): Remembered | undefined;
  setState(state: Remembered): void;
}

declare function acquireVsCodeApi(): Host;

/** The editor hands its door out once per page. */
const host = acquireVsCodeApi();

/** The file that the run on display is of. */
let shown = "";

type Answer = Extract<ToPanel, { type: "placed" | "unplaced" }>;
const asked = new Map<number, (answer: Answer) => void>();
let drawings = 0;

/** What is told about runs; answers go to who asked. */
export function listen(to: (message: Exclude<ToPanel, Answer>) => void): void {
  window.addEventListener("message", ({ data }: MessageEvent<ToPanel>) => {
    if (data.type === "placed" || data.type === "unplaced") {
      asked.get(data.number)?.(data);
      asked.delete(data.number);
      return;
    }
    if (data.type === "result") shown = data.uri;
    to(data);
  });
  host.postMessage({ type: "ready" });
}

/** Has a drawing laid out. Rejects with a sentence that says why it could not be. */
export function place(drawing: Drawing): Promise<Placement> {
  const number = ++drawings;
  return new Promise((resolve, reject) => {
    asked.set(number, (answer) =>
      answer.type === "placed" ? resolve(answer.placement) : reject(new Error(answer.message)),
    );
    host.postMessage({ type: "place", number, drawing });
  });
}

/** Shows a part of the file, by offsets. */
export function reveal(start: number, end: number): void {
  host.postMessage({ type: "reveal", uri: shown, start, end });
}

export function runAgain(): void {
  host.postMessage({ type: "runAgain", uri: shown });
}

/** Has the same workload run in the other broker model. */
export function compareModels(): void {
  host.postMessage({ type: "compareModels", uri: shown });
}

/** Opens the file in the other broker model. */
export function openOther(): void {
  host.postMessage({ type: "openOther", uri: shown });
}

/** Has a run of the file shown in full; the latest where none is named. */
export function openRun(id?: number): void {
  host.postMessage({ type: "openRun", uri: shown, id });
}

/** Asks what two runs of the file differ in. */
export function compare(before: number, after: number): void {
  host.postMessage({ type: "compare", uri: shown, before, after });
}

/** Opens the editor's own comparison of the file as two runs had it. */
export function compareFiles(before: number, after: number): void {
  host.postMessage({ type: "compareFiles", uri: shown, before, after });
}

export function take(form: Form): void {
  host.postMessage({ type: "take", uri: shown, form });
}

export type Pictured = Extract<FromPanel, { type: "picture" }>["of"];

export function picture(of: Pictured, format: "svg" | "png", bytes: Uint8Array): void {
  host.postMessage({ type: "picture", uri: shown, of, format, bytes });
}

export function recall(): Remembered {
  return host.getState() ?? { charts: [] };
}

export function remember(state: Remembered): void {
  host.setState(state);
}
