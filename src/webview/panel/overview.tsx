import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Value, dig } from "./figure.tsx";
import type { Alarm } from "./figure.tsx";
import { findings } from "./findings.ts";
import type { Finding, Mood } from "./findings.ts";
import { happenings } from "./happenings.ts";
import { clock } from "./playback/clock.ts";
import type { Result, Summary } from "./result.ts";
import { Reveal } from "./reveal.tsx";
import { Sentence } from "./sentence.tsx";
import { verdicts } from "./verdict.ts";

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
const glance = 4;

interface SayingsProps {
  readonly title: string;
  readonly of: readonly Finding[];
}

function Sayings({ title, of }: SayingsProps): JSX.Element | null {
  const [all, setAll] = useState(false);
  const more = of.length - glance;
  if (of.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <ul class="sayings">
        {(all ? of : of.slice(0, glance)).map((one, index) => (
          <Saying key={index} of={one} />
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

function Saying({ of: { mood, says, about, at } }: { readonly of: Finding }): JSX.Element {
  return (
    <li>
      <Sign mood={mood} />
      <span>
        <Sentence of={says} />
      </span>
      {at !== undefined && (
        <button type="button" class="link go" title="Go to that time" onClick={() => clock.seek(at)}>
          <span aria-hidden="true">◷</span>
          <span class="hidden">go to that time</span>
        </button>
      )}
      {about && (
        <Reveal {...about} class="go">
          <span aria-hidden="true">↗</span>
          <span class="hidden">show in the file</span>
        </Reveal>
      )}
    </li>
  );
}

export function Overview({ result }: { readonly result: Result }): JSX.Element {
  return (
    <aside>
      <Sayings title="Expectations" of={verdicts(result.summary)} />
      <Sayings title="What happened" of={findings(result)} />
      <Sayings title="Events" of={happenings(result.summary)} />
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
