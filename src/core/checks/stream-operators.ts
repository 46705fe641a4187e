import type { WindowRule } from "../model/consumer-work.ts";
import type { Consumer } from "../model/topology.ts";
import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import type { CheckedFile, SentFlow } from "./checked-file.ts";

/** `operator-without-sends`, `operator-without-key`, `window-outlasts-run`: what consumers gather before they send it on. */
export function* streamOperators(file: CheckedFile): Iterable<Problem> {
  const { duration } = file.topology.run;
  for (const consumer of file.topology.consumers.values()) {
    const { name, window, sends } = consumer;
    if (window === undefined) continue;
    const path = ["consumers", name.text, "window"];
    const place = file.key(...path) ?? name.span;
    if (!sends.some(({ when }) => when === "success")) {
      if (file.at("consumers", name.text, "sends") === undefined || file.isSound("consumers", name.text))
        yield problem("operator-without-sends", place, { consumer: name.text, operator: "window" });
      continue;
    }
    const first = firstClosing(window);
    if (first > duration)
      yield problem(
        "window-outlasts-run",
        place,
        { consumer: name.text, first, duration },
        file.set(
          "Let the run last for two such windows",
          ["run", "duration"],
          `${Math.ceil((2 * first) / 1e9)}s`,
        ),
      );
    if (window.byKey) yield* withoutKey(file, consumer);
  }
}

/** Nanoseconds of the run before which no window closes. */
function firstClosing(window: WindowRule): number {
  return window.grace + (window.kind === "session" ? window.gap : window.every);
}

function* withoutKey(file: CheckedFile, { name, from }: Consumer): Iterable<Problem> {
  const by = file.at("consumers", name.text, "window", "by")?.span ?? name.span;
  const sources = from.kind === "log" ? from.topics : from.queues;
  for (const { text } of sources)
    for (const flow of comingTo(file, from.kind, text))
      if (flow.flow.key.kind === "none" && !flow.sameKey)
        yield problem(
          "operator-without-key",
          by,
          { consumer: name.text, operator: "window", sender: `\`${flow.name.text}\``, from: text },
          flow.set(`Give messages of ${flow.name.text} one of 1000 keys`, ["key"], "{values: 1000}"),
          { related: [{ message: `\`${flow.name.text}\` sends there`, span: flow.flow.to.name.span }] },
        );
}

/** The flows that write to a topic, or whose messages come to a queue first hand. */
function comingTo(file: CheckedFile, kind: "log" | "queue", name: string): readonly SentFlow[] {
  return kind === "log" ? file.writersOf(name) : (file.routing?.arriving.get(name) ?? []);
}
