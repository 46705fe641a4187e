import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { format } from "../../shared/format.ts";
import { Told, brief } from "../../shared/name.tsx";
import type { Result } from "../result.ts";
import { clock, speeds, usePlaying, useTime } from "./clock.ts";
import { happened, type Happened } from "./happened.ts";

/** Plays the run back: one cursor for the diagram and the charts. */
export function PlaybackBar({ result }: { readonly result: Result }): JSX.Element {
  const { to } = result.summary.window;
  const events = useMemo(() => happened(result), [result]);
  const at = useTime();
  const { playing, speed } = usePlaying();
  useEffect(() => clock.reset(to), [result]);
  const marks = useMemo(
    () =>
      events.map(({ at: when, says }, index) => (
        <rect key={index} x={`${(100 * when) / to}%`} width="2" height="7">
          <title>{`${format(when, "duration")}: ${brief(says)}`}</title>
        </rect>
      )),
    [events, to],
  );
  const last = at === undefined ? undefined : events.findLast((event) => event.at <= at);
  return (
    <div
      class="playback"
      role="group"
      aria-label="Play the run back"
      onKeyDown={(event) => steer(event, events)}
    >
      <div class="keys">
        <Step
          events={events}
          by={-1}
          means="Back to the event before"
          letter="P"
          icon="M3 2v10M12 2L5 7l7 5z"
        />
        <button
          type="button"
          class="play"
          onClick={() => clock.toggle()}
          aria-label={playing ? "Pause" : "Play"}
          title={playing ? "Pause (space)" : "Play (space)"}
        >
          <Icon of={playing ? "M4 2v10M10 2v10" : "M3 1.5l9 5.5-9 5.5z"} />
        </button>
        <Step events={events} by={1} means="On to the next event" letter="N" icon="M11 2v10M2 2l7 5-7 5z" />
        <label>
          <span class="hidden">Speed</span>
          <select
            value={String(speed)}
            title="Simulated seconds in one second"
            onChange={({ currentTarget }) => clock.setSpeed(Number(currentTarget.value))}
          >
            {speeds.map(([name, factor]) => (
              <option key={name} value={String(factor)}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="timeline">
        <input
          type="range"
          min={0}
          max={to}
          step={to / 1000}
          value={at ?? to}
          aria-label="Time"
          aria-valuetext={at === undefined ? "the whole run" : format(at, "duration")}
          onInput={({ currentTarget }) => clock.seek(Number(currentTarget.value))}
        />
        <svg class="marks" aria-hidden="true">
          {marks}
        </svg>
      </div>
      <span class="now number" role="status" aria-live="off">
        {at === undefined ? "whole run" : format(at, "duration")}
      </span>
      {at !== undefined && (
        <button type="button" class="link go" onClick={() => clock.seek(undefined)} title="Escape">
          whole run
        </button>
      )}
      {/* Read aloud as it changes, which is when the cursor passes an event. */}
      <span class="last dim" role="status">
        {last && (
          <>
            <span class="hidden">{format(last.at, "duration")}: </span>
            <Told of={last.says} />
          </>
        )}
      </span>
    </div>
  );
}

interface StepProps {
  readonly events: readonly Happened[];
  readonly by: 1 | -1;
  readonly means: string;
  /** The key that does the same. */
  readonly letter: string;
  readonly icon: string;
}

function Step({ events, by, means, letter, icon }: StepProps): JSX.Element {
  return (
    <button
      type="button"
      onClick={() => step(events, by)}
      disabled={events.length === 0}
      aria-label={means}
      title={`${means} (${letter})`}
    >
      <Icon of={icon} />
    </button>
  );
}

function Icon({ of }: { readonly of: string }): JSX.Element {
  return (
    <svg class="icon" width="14" height="14" aria-hidden="true">
      <path d={of} />
    </svg>
  );
}

/** To the event before or after the cursor. */
function step(events: readonly Happened[], by: 1 | -1): void {
  const at = clock.at ?? 0;
  const next = by > 0 ? events.find((event) => event.at > at) : events.findLast((event) => event.at < at);
  if (next) clock.seek(next.at);
}

function steer(event: KeyboardEvent, events: readonly Happened[]): void {
  const acts: Readonly<Record<string, () => void>> = {
    " ": () => clock.toggle(),
    n: () => step(events, 1),
    p: () => step(events, -1),
    Escape: () => clock.seek(undefined),
  };
  const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : acts[event.key];
  const own = event.key === " " && event.target instanceof HTMLElement && event.target.tagName !== "INPUT";
  if (!act || own) return;
  event.preventDefault();
  act();
}
