import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { compare, compareFiles } from "../../shared/host.ts";
import { beside } from "../beside.ts";
import type { Earlier } from "../../../protocol/panel.ts";
import type { Heard } from "./heard.ts";
import type { Drawn } from "./main.tsx";
import { Since } from "./since.tsx";

interface View {
  /** Draws the list into an element; nothing takes it away again. */
  draw(into: Element, list: Drawn | undefined): void;
}

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
      {open && <List runs={told.runs} compared={compared} both={both} setBoth={setBoth} />}
    </section>
  );
}

function List({
  runs,
  compared,
  both,
  setBoth,
}: Pick<Drawn, "runs" | "compared" | "both" | "setBoth">): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<View | undefined>(undefined);
  const [failure, setFailure] = useState("");
  useEffect(() => {
    beside<View>("history.js").then(
      (loaded) => setView(loaded),
      ({ message }: Error) => setFailure(message),
    );
  }, []);
  useEffect(() => view?.draw(place.current!, { runs, compared, both, setBoth, compare, compareFiles }));
  useEffect(() => {
    const element = place.current!;
    return () => view?.draw(element, undefined);
  }, [view]);
  return (
    <>
      <div ref={place} />
      {failure !== "" && <p role="alert">The runs cannot be shown: {failure}.</p>}
    </>
  );
}
