import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import type { CheckedFile } from "./checked-file.ts";
import { circles } from "./circles.ts";

/** `exchange-cycle`: exchanges bound in a circle. */
export function* exchangeCycles(file: CheckedFile): Iterable<Problem> {
  const { rabbitmq } = file.topology;
  if (rabbitmq === undefined) return;
  const bound = rabbitmq.bindings.filter(({ destinationType }) => destinationType === "exchange");
  const ways = new Map<string, string[]>();
  for (const { source, destination } of bound) {
    const known = ways.get(source.text);
    if (known === undefined) ways.set(source.text, [destination.text]);
    else known.push(destination.text);
  }
  for (const circle of circles([...ways.keys()], (name) => ways.get(name) ?? [])) {
    const steps = circle.map((from, index) => {
      const to = circle[(index + 1) % circle.length];
      return bound.find(({ source, destination }) => source.text === from && destination.text === to)!;
    });
    // The step that closes it stands last in the file.
    const last = steps.reduce((a, b) => (b.span.start > a.span.start ? b : a));
    const related = steps
      .filter((step) => step !== last)
      .map(({ source, destination }) => ({
        message: `\`${source.text}\` leads to \`${destination.text}\``,
        span: destination.span,
      }));
    yield problem(
      "exchange-cycle",
      last.destination.span,
      { exchanges: circle },
      [],
      related.length === 0 ? {} : { related },
    );
  }
}
