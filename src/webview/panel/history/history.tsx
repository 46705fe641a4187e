import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { compare, compareFiles, openRun } from "../../shared/host.ts";
import type { Earlier } from "../../../protocol/panel.ts";
import { DrawnBeside } from "./drawn-beside.tsx";
import type { Heard } from "./heard.ts";
import { Since } from "./since.tsx";

/** What the last run brought, and on demand the list of runs with any two of them side by side. */
export function History({
  heard: { told, compared, opened },
  overlay,
  shown,
}: {
  readonly heard: Heard;
  /** Has the charts show an earlier run's lines beside their own. */
  readonly overlay: (earlier: Earlier | undefined) => void;
  /** The earlier run on display, where one is. */
  readonly shown: number | undefined;
}): JSX.Element | null {
  const [open, setOpen] = useState(false);
  const [both, setBoth] = useState(true);
  useEffect(() => setOpen(open || opened > 0), [opened]);
  // The lines of the run before the latest are not those before an earlier one.
  const lines = shown === undefined ? compared?.earlier : undefined;
  const earlier = open && both ? lines : undefined;
  useEffect(() => overlay(earlier), [earlier]);
  if (!told || (told.runs.length < 2 && !open)) return null;
  return (
    <section class="history" aria-label="Last runs">
      <div class="since">
        {shown === undefined && <Since since={told.since} />}
        <button type="button" class="push" aria-expanded={open} onClick={() => setOpen(!open)}>
          Last {told.runs.length} runs
        </button>
      </div>
      {open && (
        <DrawnBeside
          drawn={{
            runs: told.runs,
            compared: compared && { ...compared, earlier: lines },
            both,
            setBoth,
            compare,
            compareFiles,
            openRun,
            shown: shown ?? told.runs[0]?.id,
          }}
          by="draw"
          what="The runs"
        />
      )}
    </section>
  );
}
