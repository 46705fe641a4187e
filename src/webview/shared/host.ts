import type { FromPanel, ToPanel } from "../../protocol/panel.ts";

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

export function listen(to: (message: ToPanel) => void): void {
  window.addEventListener("message", ({ data }: MessageEvent<ToPanel>) => {
    if (data.type === "result") shown = data.uri;
    to(data);
  });
  host.postMessage({ type: "ready" });
}

/** Shows a part of the file, by offsets. */
export function reveal(start: number, end: number): void {
  host.postMessage({ type: "reveal", uri: shown, start, end });
}

export function runAgain(): void {
  host.postMessage({ type: "runAgain", uri: shown });
}

export function recall(): Remembered {
  return host.getState() ?? { charts: [] };
}

export function remember(state: Remembered): void {
  host.setState(state);
}
