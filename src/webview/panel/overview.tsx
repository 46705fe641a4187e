import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { format } from "../shared/format.ts";
import { spot } from "./diagram/spot.ts";
import { Value, dig } from "./figure.tsx";
import type { Alarm } from "./figure.tsx";
import { clock } from "./playback/clock.ts";
import type { Finding, Mood, Result, Summary } from "./result.ts";
import { Reveal } from "./reveal.tsx";
import { Sentence } from "./sentence.tsx";

const signs: Readonly<Record<Mood, readonly [string, string]>> = {
  bad: ["✕", "Wrong:"],
  warn: ["▲", "Mind:"],
  ok: ["✓", "Well:"],
  note: ["•", ""],
};

export function Sign({ mood }: { readonly mood: Mood }): JSX.Element {
  const [sign, word] = signs[mood];
  return (
    <span class={`sign ${mood}`}>
      <span aria-hidden="true">{sign}</span>
      {word !== "" && <span class="hidden">{word}</span>}
    </span>
  );
}

/** As many as a glance takes in; the rest is one click away. */
const glance = 5;

interface FindingsProps {
  readonly title: string;
  readonly of: readonly Finding[];
}

function Findings({ title, of }: FindingsProps): JSX.Element | null {
  const [all, setAll] = useState(false);
  const more = of.length - glance;
  if (of.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <ul class="sayings">
        {(all ? of : of.slice(0, glance)).map((one, index) => (
          <Told key={index} of={one} />
        ))}
      </ul>
      {more > 0 && (
        <button type="button" class="link go more" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "fewer" : `${more} more`}
        </button>
      )}
    </section>
  );
}

/** A finding, with ways to its time, its place in the diagram and its line of the file. */
function Told({ of: { mood, says, about, at, node } }: { readonly of: Finding }): JSX.Element {
  return (
    <li onPointerEnter={() => spot(node)} onFocusIn={() => spot(node)} onPointerLeave={() => spot(undefined)}>
      <Sign mood={mood} />
      <span>
        <Sentence of={says} />
        {at !== undefined && (
          <>
            {" "}
            <At time={at} />
          </>
        )}
        {about && (
          <>
            {" "}
            <Reveal {...about} class="go">
              <span aria-hidden="true">line ↗</span>
              <span class="hidden">show in the file</span>
            </Reveal>
          </>
        )}
      </span>
    </li>
  );
}

/** Takes the playback to a time. */
export function At({ time }: { readonly time: number }): JSX.Element {
  return (
    <button type="button" class="link go at" title="Go to that time" onClick={() => clock.seek(time)}>
      <span class="hidden">go to </span>
      {format(time, "duration")}
    </button>
  );
}

/** What the page opens with: whether the file's promises hold, and what matters. */
export function Overview({ result: { findings } }: { readonly result: Result }): JSX.Element {
  useEffect(() => () => spot(undefined), [findings]);
  return (
    <aside>
      <Findings title="What matters" of={findings.filter(({ kind }) => kind !== "expectation")} />
      <Findings title="Expectations" of={findings.filter(({ kind }) => kind === "expectation")} />
    </aside>
  );
}

/** Label, path under `totals`, and whether a number other than 0 means that something went wrong. */
const totals: readonly (readonly [label: string, at: string, alarm?: Alarm])[] = [
  ["sent", "sent"],
  ["accepted", "accepted"],
  ["refused", "refused", "warn"],
  ["timed out", "timedOut", "warn"],
  ["unroutable", "unroutable", "warn"],
  ["delivered", "delivered"],
  ["delivered again", "redelivered"],
  ["processed", "processed"],
  ["duplicates", "duplicates", "warn"],
  ["skipped", "skipped", "warn"],
  ["dropped", "dropped", "warn"],
  ["lost by broker", "lost.broker", "bad"],
  ["lost by consumer", "lost.consumer", "bad"],
  ["elections", "elections"],
  ["unfinished", "unfinished"],
];

export function Totals({ summary }: { readonly summary: Summary }): JSX.Element {
  return (
    <dl class="totals" aria-label="Totals">
      {totals.map(([label, at, alarm]) => (
        <div key={at}>
          <dt>{label}</dt>
          <dd>
            <Value
              path={`totals.${at}`}
              value={dig(summary.totals, at.split(".")) as number}
              as="count"
              alarm={alarm}
            />
          </dd>
        </div>
      ))}
    </dl>
  );
}
