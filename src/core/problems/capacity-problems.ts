import { error, warning } from "./entry.ts";
import { percent, span } from "./words.ts";

const idleness = {
  prefetch: (working: string) =>
    `Its \`prefetch\` lets its handlers work ${working} of the time: the next message comes only after a turn over the network. `,
  confirms: (working: string) =>
    `Its handlers work ${working} of the time: the rest they wait until what they have sent on is confirmed. `,
};

const doing = {
  instances: "add instances",
  partitions: "add partitions and instances",
  concurrency: "raise `concurrency`",
  window: "raise `prefetch` and `concurrency`",
  prefetch: "raise `prefetch`",
  order: "work on several records of a partition at once (`orderedBy: key` and more `concurrency`)",
};

/** What lets a consumer do more in the same time, beside faster work. */
export type Lever = keyof typeof doing;

function advice(levers: readonly Lever[], inOrder: boolean): string {
  const ways = [...levers.map((lever) => doing[lever]), "process faster"].join(", ");
  const at = ways.lastIndexOf(", ");
  const said = `${ways[0]!.toUpperCase()}${ways.slice(1, at)}, or ${ways.slice(at + 2)}.`;
  const disorders = inOrder && levers.some((lever) => lever === "concurrency" || lever === "window");
  return disorders ? `${said} More messages at a time no longer finish in order.` : said;
}

/** What the predicted rates and loads say about a file. Rates are messages per second, times ns. */
export const capacityProblems = {
  overload: error(
    ({
      consumer,
      input,
      offered,
      capacity,
      member,
      limit,
      idle,
      levers,
      inOrder,
    }: {
      readonly consumer: string;
      readonly input: string | undefined;
      readonly offered: number;
      readonly capacity: number;
      /** Only its busiest member, or one partition of it, is overloaded: by its share of what it can do. */
      readonly member?: number | undefined;
      readonly limit?: { readonly what: string; readonly after: number } | undefined;
      /** What keeps its handlers from work, and the share of their time that they work. */
      readonly idle?: { readonly by: keyof typeof idleness; readonly working: number } | undefined;
      readonly levers: readonly Lever[];
      /** It has worked on one message at a time so far, in their order. */
      readonly inOrder: boolean;
    }) =>
      member === undefined
        ? `${reader(consumer, input)} is offered ${rate(offered)} and can do ${rate(capacity)}: what waits for it grows by ${rate(offered - capacity)}${limit === undefined ? "" : `, and reaches ${limit.what} after ${span(limit.after)}`}. ${idle === undefined ? "" : idleness[idle.by](percent(idle.working))}${input === undefined ? "" : "Each input has handlers of its own. "}${advice(levers, inOrder)}`
        : `One member of \`${consumer}\`${input === undefined ? "" : `, by its input \`${input}\`,`} is offered ${percent(member)} of what it can do, while all of them together could do the work: the keys put too much on its partitions. Spread the keys, add partitions, or process faster.`,
  ),
  "near-saturation": warning(
    ({
      consumer,
      input,
      utilization,
      confirms,
      wait,
      levers,
      inOrder,
    }: {
      readonly consumer: string;
      readonly input: string | undefined;
      readonly utilization: number;
      /** Much of that it waits until what it has sent on is confirmed. */
      readonly confirms?: boolean;
      readonly wait: number | undefined;
      readonly levers: readonly Lever[];
      /** It has worked on one message at a time so far, in their order. */
      readonly inOrder: boolean;
    }) =>
      `${reader(consumer, input)} will be at work${confirms === true ? ", or wait for confirms of what it sends on," : ""} ${percent(utilization)} of its time${wait === undefined ? "" : `, and messages will wait ${span(wait)} on average`}: a small burst makes a long queue. ${advice(levers, inOrder)}`,
  ),
  "expectation-out-of-reach": warning(
    ({
      metric,
      consumer,
      predicted,
    }: {
      readonly metric: string;
      readonly consumer: string;
      readonly predicted: string;
    }) =>
      `\`${metric}\` of \`${consumer}\` will be ${predicted} by what the file says of rates and processing times: this expectation cannot hold. Change the bound, or the load.`,
  ),
};

/** A consumer, or its handlers of one of several inputs, which are named after the first topic or queue. */
function reader(consumer: string, input: string | undefined): string {
  return input === undefined ? `\`${consumer}\`` : `Input \`${input}\` of \`${consumer}\``;
}

function rate(perSecond: number): string {
  return `${Number(perSecond.toPrecision(3))}/s`;
}
