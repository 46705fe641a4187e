import { predict, type ConsumerLoad, type TotalLoad } from "../capacity/prediction.ts";
import { inputName, readings } from "../model/readings.ts";
import type { Topology } from "../model/topology.ts";
import { code } from "./markdown.ts";

/** A prediction beside a name: what a run would show while nothing in the timeline changes it. */
export interface Hint {
  /** Behind the name. */
  readonly offset: number;
  readonly text: string;
  readonly details: string;
}

/** Rates beside topics, queues and groups, loads beside consumers; nothing where theory does not tell. */
export function hints(topology: Topology): readonly Hint[] {
  const { queues, topics, groups, consumers, inputs, behind } = predict(topology);
  const found: Hint[] = [];
  const arriving = "Messages that arrive per second, by the producers' rates and the routing.";
  for (const { name } of topology.rabbitmq?.queues.values() ?? []) {
    const arrives = queues.get(name.text);
    if (arrives !== undefined)
      found.push({
        offset: name.span.end,
        text: perSecond(arrives),
        details: arriving + held(behind(`queue:${name.text}`)),
      });
  }
  for (const { name } of topology.kafka?.topics.values() ?? []) {
    const arrives = topics.get(name.text);
    if (arrives !== undefined)
      found.push({
        offset: name.span.end,
        text: perSecond(arrives),
        details: arriving + held(behind(`topic:${name.text}`)),
      });
  }
  for (const { name } of topology.consumers.values()) {
    const load = consumers.get(name.text);
    if (load !== undefined) found.push({ offset: name.span.end, ...totalHint(load) });
  }
  for (const [reading, load] of inputs) {
    const name = inputName(reading);
    if (name !== undefined) found.push({ offset: name.span.end, ...loadHint(load) });
  }
  const named = new Set<string>();
  for (const { from } of readings(topology)) {
    if (from.kind !== "log" || named.has(from.group.text)) continue;
    named.add(from.group.text);
    const arrives = groups.get(from.group.text);
    if (arrives !== undefined)
      found.push({
        offset: from.group.span.end,
        text: perSecond(arrives),
        details: "Records per second that the group's topics get.",
      });
  }
  return found.toSorted((a, b) => a.offset - b.offset);
}

/** The load of a consumer in few words, and in a sentence or two: of several inputs that of them together. */
export function totalHint({ loads, utilization }: TotalLoad): Omit<Hint, "offset"> {
  const [load, ...others] = loads;
  if (others.length === 0) return loadHint(load!);
  const grows = loads.map(({ offered, capacity }) => offered - capacity).filter((growth) => growth > 0);
  const details = "Each input has handlers of its own.";
  if (grows.length === 0) return { text: `${percent(utilization)} busy`, details };
  const growth = perSecond(grows.reduce((sum, one) => sum + one, 0));
  return { text: `${grows.length} of ${loads.length} inputs overloaded, +${growth}`, details };
}

/** What comes by overloaded consumers is less than they are offered: a sentence that follows others. */
export function held(behind: readonly string[]): string {
  const [is, it, can] = behind.length === 1 ? ["is", "it", "it can"] : ["are", "them", "they can"];
  return behind.length === 0
    ? ""
    : ` ${behind.map(code).join(", ")} ${is} overloaded: what comes by ${it} is as much as ${can} do.`;
}

/** The load of one that reads, in few words, and in a sentence or two. */
export function loadHint(load: ConsumerLoad): Omit<Hint, "offset"> {
  const { offered, capacity, utilization, busiest, idles, wait } = load;
  const rates = `Offered ${perSecond(offered)}, can do ${perSecond(capacity)}.${held(load.behind)}`;
  if (offered > capacity)
    return {
      text: `overloaded, +${perSecond(offered - capacity)}`,
      details: `${rates} What waits for it grows by ${perSecond(offered - capacity)}.`,
    };
  const waits = wait === undefined ? "" : ` A message waits ${milliseconds(wait)} on average.`;
  const whose =
    idles === "confirms"
      ? "With the time in which its handlers wait for confirms of what they send on:"
      : "Its busiest member, or partition, is at";
  const most = busiest > utilization * 1.05 ? ` ${whose} ${percent(busiest)}.` : "";
  return { text: `${percent(utilization)} busy`, details: `${rates}${most}${waits}` };
}

export function perSecond(rate: number): string {
  return `${rate >= 1000 ? Math.round(rate) : Number(rate.toPrecision(3))}/s`;
}

function percent(share: number): string {
  return `${share < 0.1 ? Number((share * 100).toPrecision(2)) : Math.round(share * 100)}%`;
}

function milliseconds(nanoseconds: number): string {
  return `${Number((nanoseconds / 1e6).toPrecision(3))} ms`;
}
