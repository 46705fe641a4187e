import type { ToPanel } from "../../../protocol/panel.ts";

export type Told = Extract<ToPanel, { type: "history" }>;
export type Compared = Extract<ToPanel, { type: "compared" }>;
export type Comparison = Compared["comparison"];

/** What the host has told of the last runs. */
export interface Heard {
  readonly told: Told | undefined;
  /** The two runs that were compared last. */
  readonly compared: Compared | undefined;
  /** How often the list was asked for from outside of the page. */
  readonly opened: number;
}

export const unheard: Heard = { told: undefined, compared: undefined, opened: 0 };

export function heard(
  was: Heard,
  message: Extract<ToPanel, { type: "history" | "compared" | "openHistory" }>,
): Heard {
  switch (message.type) {
    case "history":
      return { ...was, told: message, compared: undefined };
    case "compared":
      return { ...was, compared: message };
    case "openHistory":
      return { ...was, opened: was.opened + 1 };
  }
}
