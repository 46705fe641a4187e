import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { compare, compareFiles } from "../../shared/host.ts";
import type { Earlier } from "../../../protocol/panel.ts";
import { DrawnBeside } from "./drawn-beside.tsx";
import type { Heard } from "./heard.ts";
import { Since } from "./since.tsx";

/** What the last run brought, and on demand the list of runs with any two of them side by side. */
export function History({
  heard: { told, compared, opened },
  overlay,
}: {
  readonly heard: Heard;
  /** Has the charts show an earlier run's lines beside their own. */
  readonly overlay: (earlier: Earlier | undefined) => void;
}): JSX.Element | null {
  const [open, setOpen] = useState(false);
  const [both, setBoth] = useState(true);
  useEffect(() => setOpen(open || opened > 0), [opened]);
  const earlier = open && both ? compared?.earlier : undefined;
  useEffect(() => overlay(earlier), [earlier]);
  if (!told || (told.runs.length < 2 && !open)) return null;
  return (
    <section class="history" aria-label="Last runs">
      <div class="since">
        <Since since={told.since} />
        <button type="button" class="push" aria-expanded={open} onClick={() => setOpen(!open)}>
          Last {told.runs.length} runs
        </button>
      </div>
      {open && (
        <DrawnBeside
          drawn={{ runs: told.runs, compared, both, setBoth, compare, compareFiles }}
          by="draw"
          what="The runs"
        />
      )}
    </section>
  );
}
