import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { format } from "../../shared/format.ts";
import { Sign } from "../overview.tsx";
import type { Result } from "../result.ts";
import { Reveal } from "../reveal.tsx";
import { Sentence } from "../sentence.tsx";
import { isUnderWay, type Journeys } from "./journeys.ts";
import { since, stepsOf } from "./steps.ts";

interface JourneyProps {
  readonly journeys: Journeys;
  readonly result: Result;
  readonly message: number | undefined;
}

/** One message's way in sentences, each with the time since it was to be sent and a way to the line behind it. */
export function Journey({ journeys, result, message }: JourneyProps): JSX.Element {
  const steps = useMemo(
    () => (message === undefined ? [] : stepsOf(journeys, result, message)),
    [journeys, result, message],
  );
  if (message === undefined) return <p class="journey dim">Choose a message to read its journey.</p>;
  return (
    <section class="journey" aria-label={`Journey of message ${message}`} aria-live="polite">
      <h3>
        Message {message}, sent at {format(journeys.sent[message]!, "duration")}
      </h3>
      <ol class="steps">
        {steps.map(({ after, mood, says, about }, index) => (
          <li key={index}>
            <span class="number dim">{since(after)}</span>
            <Sign mood={mood} />
            <Reveal {...about} class="step">
              <Sentence of={says} />
            </Reveal>
          </li>
        ))}
        {isUnderWay(journeys.fates[message]!) && (
          <li>
            <span />
            <Sign mood="note" />
            <span>
              {journeys.trace.rowsDropped > 0
                ? "What came after that was not kept."
                : "Nobody had finished it when the run ended."}
            </span>
          </li>
        )}
      </ol>
    </section>
  );
}
