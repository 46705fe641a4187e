import type { Depths, Scenario, ScenarioEvent, ScenarioStep, ShownError, TraceStep } from "./scenario.ts";

/**
 * What a step of a script showed, in the form of an outcome: events in lanes, the end of a channel or connection as the
 * step's error (`error.code` 0: refused by an end that came before it), positive confirms only where the scenario shows them.
 */
export function traceStep(
  scenario: Scenario,
  step: ScenarioStep,
  number: number,
  seen: {
    readonly error: ShownError | undefined;
    readonly events: readonly ScenarioEvent[];
    readonly depths: Depths | undefined;
  },
): TraceStep {
  const ordered = inLanes(seen.events);
  const error = seen.error?.code === 0 ? (causeOf(ordered) ?? seen.error) : seen.error;
  const events = ordered.filter(
    (event) =>
      (error === undefined || !isEnd(event)) &&
      (scenario.confirms === "show" || event.ev !== "confirm" || event["result"] !== "ack"),
  );
  return {
    step: number,
    op: step.op,
    ...(error !== undefined && { error }),
    ...(events.length > 0 && { events }),
    ...(step.quiet !== true && seen.depths !== undefined && { depths: seen.depths }),
  };
}

/** Order is promised only inside one lane: a consumer, a channel or a connection. */
function inLanes(events: readonly ScenarioEvent[]): ScenarioEvent[] {
  const lane = ({ consumer, channel, connection }: ScenarioEvent): string =>
    consumer ?? channel ?? connection ?? "";
  const rank = ({ ev }: ScenarioEvent): number => {
    const at = ["return", "confirm", "deliver"].indexOf(ev);
    return at < 0 ? 3 : at;
  };
  return [...events].sort((a, b) => (lane(a) === lane(b) ? rank(a) - rank(b) : lane(a) < lane(b) ? -1 : 1));
}

function isEnd({ ev }: ScenarioEvent): boolean {
  return ev === "channel-error" || ev === "connection-error";
}

function causeOf(events: readonly ScenarioEvent[]): ShownError | undefined {
  const end = events.find(isEnd);
  if (end === undefined) return undefined;
  const scope = end.ev === "channel-error" ? "channel" : "connection";
  return { ...(end["error"] as { code: number; name: string }), scope };
}
