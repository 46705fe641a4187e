import { render } from "preact";
import type { RunLine } from "../../../protocol/panel.ts";
import type { Compared } from "./heard.ts";
import { BothModels, type DrawnModels } from "./models.tsx";
import { Runs } from "./runs.tsx";

/** The list of runs, and what the page does for it. */
export interface Drawn {
  /** The newest first. */
  readonly runs: readonly RunLine[];
  readonly compared: Compared | undefined;
  /** Whether the charts show both runs. */
  readonly both: boolean;
  readonly setBoth: (both: boolean) => void;
  readonly compare: (before: number, after: number) => void;
  /** The run on display. */
  readonly shown: number | undefined;
  readonly openRun: (id: number) => void;
  readonly compareFiles: (before: number, after: number) => void;
}

/** Loaded when the list is opened for the first time; draws it into the page, and with nothing takes it away. */
export function draw(into: Element, list: Drawn | undefined): void {
  render(list ? <Runs {...list} /> : null, into);
}

/** Likewise what the two broker models are compared by. */
export function drawModels(into: Element, drawn: DrawnModels | undefined): void {
  render(drawn ? <BothModels {...drawn} /> : null, into);
}
