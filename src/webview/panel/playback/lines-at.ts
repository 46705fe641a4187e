import type { Box, Line } from "../diagram/box.ts";
import { format } from "../../shared/format.ts";
import type { Result } from "../result.ts";
import type { Moments } from "./moments.ts";

/** What stands in a box at a time of the run: as many lines, and as high, as for the run as a whole. */
export function linesAt({ node, lines }: Box, result: Result, moments: Moments, at: number): readonly Line[] {
  const { kind, name } = node;
  const number = (value: number | undefined): string => (value === undefined ? "–" : format(value, "count"));
  const level = (metric: "depth" | "unacked" | "lag" | "sent"): number | undefined =>
    kind === "queue" || kind === "group" || kind === "producer"
      ? moments.level(kind, name, metric, at)
      : undefined;
  const text = (say: string): Line => ({ kind: "text", text: say });
  const broken = moments.condition(kind, name, null, at);
  const last = (say: string): readonly Line[] =>
    lines.map((line, index) => (index === lines.length - 1 ? text(broken ?? say) : line));

  switch (kind) {
    case "producer":
      return last(`${format(level("sent") ?? 0, "rate")} sent`);
    case "exchange":
      return lines;
    case "group":
      return last(`lag ${number(level("lag"))}`);
    case "queue":
      return last(`${number(level("depth"))} ready · ${number(level("unacked"))} unacked`).map((line) =>
        line.kind === "level" ? { ...line, end: level("depth") ?? 0, mean: 0, max: 0 } : line,
      );
    case "topic":
      return lines.map((line) =>
        line.kind === "log"
          ? { ...line, start: 0, ...moments.partition(name, Number(line.label.slice(1)), at) }
          : line,
      );
    case "consumer": {
      const instances = result.summary.consumers[name]?.instances ?? [];
      const told = lines.filter((line) => line.kind === "busy").length;
      return lines.map((line, index): Line => {
        if (line.kind !== "busy") return line;
        const asked = told === 1 ? instances.map(({ instance }) => instance) : [Number(line.label)];
        const fault = asked
          .map((instance) => moments.condition(kind, name, instance, at) ?? broken)
          .find((condition) => condition !== undefined);
        const working = asked.reduce((sum, instance) => sum + moments.inWork(name, instance, at), 0);
        const say = working === 0 ? "idle" : `${number(working)} in work`;
        return {
          kind: "state",
          label: line.label,
          text: index < told ? (fault ?? say) : "",
          bad: fault !== undefined,
        };
      });
    }
  }
}
