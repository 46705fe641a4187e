import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { openOther, reveal } from "../../shared/host.ts";
import { DrawnBeside } from "./drawn-beside.tsx";
import type { Models } from "./models.tsx";

/** The run and the same workload in the other broker model, side by side, until it is closed or the file is run again. */
export function OtherModel({ models }: { readonly models: Models }): JSX.Element | null {
  const [closed, close] = useState<Models | undefined>(undefined);
  const head = useRef<HTMLHeadingElement>(null);
  // Who asked for it by the keyboard, or hears the page, is brought to it.
  useEffect(() => head.current?.focus(), [models]);
  if (closed === models) return null;
  return (
    <section class="history" aria-label="Both models">
      <div class="pair">
        <h2 tabindex={-1} ref={head}>
          The same workload in both models
        </h2>
        <button type="button" class="push" onClick={openOther}>
          Open the other file
        </button>
        <button type="button" class="push" onClick={() => close(models)}>
          Close
        </button>
      </div>
      <DrawnBeside drawn={{ models, reveal }} by="drawModels" what="The models" />
    </section>
  );
}
