import type { ComponentChildren, JSX } from "preact";
import { reveal } from "../shared/host.ts";

interface RevealProps {
  /** Offsets in the file; below 0 for what the broker declares by itself. */
  readonly start: number;
  readonly end: number;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** Leads to a place of the file, where there is one. */
export function Reveal({ start, end, class: look = "", children }: RevealProps): JSX.Element {
  if (start < 0) return <>{children}</>;
  return (
    <button type="button" class={`link ${look}`} title="Show in the file" onClick={() => reveal(start, end)}>
      {children}
    </button>
  );
}
