import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { format } from "../shared/format.ts";
import { Told, brief } from "../shared/name.tsx";
import { spot } from "./diagram/spot.ts";
import { At } from "./overview.tsx";
import { place } from "./result.ts";
import type { EntityKind, Result } from "./result.ts";
import { Reveal } from "./reveal.tsx";

/** `leaderElected` in words. */
export const inWords = (kind: string): string =>
  kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** What befell brokers, queues, groups and applications, in the order of time, each with the rule behind it. */
export function Events({ result }: { readonly result: Result }): JSX.Element | null {
  const { count, byKind, first } = result.summary.occurrences;
  const [wanted, setWanted] = useState("");
  if (count === 0) return null;
  const kinds = Object.entries(byKind);
  const chosen = Object.hasOwn(byKind, wanted) ? wanted : "";
  const shown = chosen === "" ? first : first.filter(({ kind }) => kind === chosen);
  const left = (chosen === "" ? count : (byKind[chosen] ?? 0)) - shown.length;
  return (
    <section class="events" aria-label="Events">
      <h2>Events</h2>
      <fieldset class="switcher">
        <legend class="hidden">Which events</legend>
        {[["", count] as const, ...kinds].map(([kind, many]) => (
          <label key={kind}>
            <input
              type="radio"
              name="events"
              value={kind}
              checked={kind === chosen}
              onChange={() => setWanted(kind)}
            />
            <span>
              {kind === "" ? "all" : inWords(kind)} <b class="number">{format(many, "count")}</b>
            </span>
          </label>
        ))}
      </fieldset>
      <ol tabindex={0} aria-label="Events in the order of time">
        {shown.map(({ at, where: { kind, name }, rule, message }, index) => {
          const start = place(result.graph, kind as EntityKind, name);
          return (
            <li
              key={index}
              onPointerEnter={() => spot(`${kind}:${name}`)}
              onPointerLeave={() => spot(undefined)}
            >
              <At time={at} />
              <Reveal start={start} end={start + name.length}>
                <Told of={message} />
              </Reveal>
              {rule !== "" && kind !== "topic" && !message.includes(rule) && (
                // Of the timeline's rule the sentence says the rest.
                <span class="dim">{rule.startsWith("timeline") ? "timeline" : brief(rule)}</span>
              )}
            </li>
          );
        })}
        {left > 0 && <li class="dim">… and {format(left, "count")} more, which the summary only counts</li>}
      </ol>
    </section>
  );
}
