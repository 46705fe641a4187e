import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { format, plural } from "../../shared/format.ts";
import type { Result } from "../result.ts";
import { chosen, filters } from "./filters.ts";
import { Journey } from "./journey.tsx";
import { Journeys } from "./journeys.ts";
import { MessageList } from "./message-list.tsx";

/** Every message that was traced: who got it and why, and where its time went. */
export function Messages({
  result,
  journeys,
  message,
  choose,
}: {
  readonly result: Result;
  readonly journeys: Journeys | undefined;
  readonly message: number | undefined;
  readonly choose: (message: number) => void;
}): JSX.Element {
  const { rows, rowsDropped } = result.trace;
  return (
    <section class="messages" aria-label="Messages">
      <h2>Messages</h2>
      {rows === 0 ? (
        <p class="dim">
          {rowsDropped > 0
            ? "The journeys of this run were not kept: run it again to see them."
            : "No journey was recorded: give `run` a `trace` above 0."}
        </p>
      ) : journeys === undefined ? (
        <p class="dim" role="status">
          Reading {format(rows, "count")} steps …
        </p>
      ) : (
        <Finder journeys={journeys} message={message} choose={choose} result={result} />
      )}
    </section>
  );
}

/** Read after the page has been drawn once: what is above does not wait for it. */
export function useJourneys(result: Result): Journeys | undefined {
  const [read, setRead] = useState<{ readonly of: Result; readonly journeys: Journeys } | undefined>(
    undefined,
  );
  useEffect(() => {
    if (result.trace.rows === 0) return;
    const later = setTimeout(() => setRead({ of: result, journeys: new Journeys(result) }));
    return () => clearTimeout(later);
  }, [result]);
  return read?.of === result ? read.journeys : undefined;
}

interface FinderProps {
  readonly journeys: Journeys;
  readonly result: Result;
  readonly message: number | undefined;
  readonly choose: (message: number) => void;
}

function Finder({ journeys, result, message, choose }: FinderProps): JSX.Element {
  const [name, setName] = useState("all");
  const [sought, setSought] = useState("");
  const [slowest, setSlowest] = useState(false);
  const filter = filters.find((one) => one.name === name) ?? filters[0]!;
  const counts = useMemo(
    () => filters.map(({ keeps }) => journeys.fates.reduce((sum, fates) => sum + (keeps(fates) ? 1 : 0), 0)),
    [journeys],
  );
  const shown = useMemo(
    () => chosen(journeys, filter, sought.trim(), slowest),
    [journeys, filter, sought, slowest],
  );
  return (
    <>
      <div class="finder">
        <fieldset class="switcher">
          <legend class="hidden">Which messages</legend>
          {filters.map(({ name: one, means }, index) =>
            counts[index] === 0 && one !== name && one !== "all" ? null : (
              <label key={one} title={means}>
                <input
                  type="radio"
                  name="messages"
                  value={one}
                  checked={one === filter.name}
                  onChange={() => setName(one)}
                />
                <span>
                  {one} <b class="number">{format(counts[index] ?? 0, "count")}</b>
                </span>
              </label>
            ),
          )}
        </fieldset>
        <label class="slowest">
          <input type="checkbox" checked={slowest} onChange={() => setSlowest(!slowest)} /> slowest first
        </label>
        <input
          type="search"
          placeholder="number or key"
          aria-label="Find a message by its number or key"
          value={sought}
          onInput={({ currentTarget }) => setSought(currentTarget.value)}
        />
      </div>
      <p class="hidden" role="status">
        {format(shown.length, "count")} {plural(shown.length, "message")}
      </p>
      <div class="found">
        <MessageList journeys={journeys} shown={shown} message={message} choose={choose} />
        <Journey journeys={journeys} result={result} message={message} />
      </div>
    </>
  );
}
