import { windowOf } from "../capacity/pace.ts";
import { predict, type ConsumerLoad, type TotalLoad } from "../capacity/prediction.ts";
import type { Bound, Expectation } from "../model/expectation.ts";
import { inputName, placeOf, readings, readingsOf } from "../model/readings.ts";
import type { Consumer } from "../model/topology.ts";
import { problem } from "../problems/catalogue.ts";
import type { Fix, Problem } from "../problems/problem.ts";
import type { CheckedFile } from "./checked-file.ts";
import { outrun } from "./group-pace.ts";
import { leversOf, worksInOrder } from "./levers.ts";
import { together } from "./tree-edits.ts";

/** From here on a small burst makes a long queue. */
const nearFrom = 0.85;
/** What a mend brings the load to. */
const target = 0.7;
/** How far a prediction may be off. */
const margin = 0.05;

/** `overload`, `near-saturation`, `expectation-out-of-reach`: what the rates of the file make of its consumers. */
export function* capacity(file: CheckedFile): Iterable<Problem> {
  if (!file.tellsSenders || !file.tells("consumers")) return;
  const { consumers, inputs } = predict(file.topology);
  for (const consumer of readings(file.topology)) {
    const load = inputs.get(consumer);
    if (load !== undefined) yield* loadOf(file, consumer, load);
  }
  for (const expectation of file.topology.expect) {
    const { of, span } = expectation;
    const load = of?.kind === "consumer" ? consumers.get(of.name.text) : undefined;
    const predicted = load && contradiction(expectation, load);
    if (of !== undefined && predicted !== undefined)
      yield problem("expectation-out-of-reach", span, {
        metric: expectation.metric.text,
        consumer: of.name.text,
        predicted,
      });
  }
}

function* loadOf(file: CheckedFile, consumer: Consumer, load: ConsumerLoad): Iterable<Problem> {
  const { offered, capacity: most, busiest, idles, wait } = load;
  const isOverloaded = offered > most;
  const isTold = isOverloaded ? !isOutrun(file, consumer) : busiest > nearFrom;
  if (!isTold) return;
  const { text } = consumer.name;
  const input = inputName(consumer);
  const place = input?.span ?? file.at("consumers", text, "processing")?.span ?? consumer.name.span;
  const mends = more(file, consumer, load);
  const working = busyAtMost(load);
  const idle = idles !== undefined && working < 1 - margin ? { by: idles, working } : undefined;
  const levers = leversOf(consumer, load, idle?.by);
  const inOrder = worksInOrder(consumer, load);
  const names = { consumer: text, input: input?.text, offered, capacity: most, levers, inOrder };
  if (isOverloaded)
    yield problem(
      "overload",
      place,
      { ...names, limit: limitOf(file, consumer, load), idle },
      idle === undefined
        ? mends
        : [
            ...(idle.by === "prefetch"
              ? fetchAhead(file, consumer, working)
              : workAtOnce(file, consumer, load)),
            ...mends,
          ],
    );
  else if (busiest > 1)
    yield { ...problem("overload", place, { ...names, member: busiest }), severity: "warning" };
  else {
    const confirms = idles === "confirms" && load.utilization < busiest - margin;
    yield problem("near-saturation", place, { ...names, utilization: busiest, confirms, wait }, [
      ...(confirms ? workAtOnce(file, consumer, load) : []),
      ...mends,
    ]);
  }
}

/** Whether it is told already that records expire before it reads them. */
function isOutrun(file: CheckedFile, { from }: Consumer): boolean {
  if (from.kind === "queue") return false;
  const { text } = from.group;
  for (const _ of outrun(file, text, file.groups.get(text) ?? [])) return true;
  return false;
}

/** The share of their time that its handlers work when they do all they can. */
function busyAtMost({ utilization, capacity, offered }: ConsumerLoad): number {
  return Math.min(1, (utilization * capacity) / offered);
}

/** As much prefetch as keeps the handlers at work. */
function fetchAhead(file: CheckedFile, { name, input, from }: Consumer, working: number) {
  if (from.kind !== "queue") return [];
  const prefetch = Math.ceil(from.settings.prefetch / working - margin);
  return file.set(`Set prefetch to ${prefetch}`, [...placeOf({ name, input }), "prefetch"], String(prefetch));
}

/** As many messages at a time as bring handlers that wait for confirms to 70%, with as many more fetched ahead. */
function workAtOnce(
  file: CheckedFile,
  { name, input, from, concurrency }: Consumer,
  { offered, capacity }: ConsumerLoad,
): Fix[] {
  if (from.kind !== "queue") return [];
  const { channelPrefetch } = from.settings;
  const queues = from.queues.length;
  const window = windowOf(from);
  const wanted = Math.ceil((Math.min(concurrency, window) * offered) / capacity / target);
  if (wanted <= concurrency || channelPrefetch < 2 * wanted) return [];
  const fetched = Math.ceil((2 * wanted) / queues);
  const fetches = window < 2 * wanted;
  const edits = [
    ...file.edits.set(["consumers", name.text, "concurrency"], String(wanted)),
    ...(fetches ? file.edits.set([...placeOf({ name, input }), "prefetch"], String(fetched)) : []),
  ];
  const title = `Set concurrency to ${wanted}${fetches ? ` and prefetch to ${fetched}` : ""}`;
  return [{ title, edits: together(edits) }];
}

/** As many instances as bring it to 70%, where each has something to do by every input. */
function more(file: CheckedFile, { name, instances }: Consumer, { offered, capacity }: ConsumerLoad) {
  const wanted = Math.ceil((instances * offered) / capacity / target);
  const { inputs } = predict(file.topology);
  const readings = readingsOf(file.topology.consumers.get(name.text)!);
  const isRoom = readings.every((one) => wanted <= (inputs.get(one)?.instancesMax ?? 0));
  if (wanted <= instances || !isRoom) return [];
  return file.set(`Run ${wanted} instances`, ["consumers", name.text, "instances"], String(wanted));
}

/** What bounds the queue that grows, and after which time, ns. */
function limitOf(file: CheckedFile, { from }: Consumer, { offered, capacity }: ConsumerLoad) {
  const [queue, ...others] = from.kind === "queue" ? from.queues : [];
  if (queue === undefined || others.length > 0) return undefined;
  const { maxLength = Infinity } = file.routing?.rulesOf(queue.text) ?? {};
  if (maxLength === Infinity) return undefined;
  return { what: `its \`x-max-length\` of ${maxLength}`, after: (maxLength / (offered - capacity)) * 1e9 };
}

/** What the metric will be, where that breaks the bound by more than the prediction may be off. */
function contradiction({ metric, bound, during }: Expectation, load: TotalLoad): string | undefined {
  if (during !== undefined) return undefined;
  const stable = load.loads.every(({ busiest, offered, capacity }) => busiest < 1 && offered <= capacity);
  const value =
    metric.text === "utilization"
      ? load.utilization
      : metric.text === "throughput"
        ? load.throughput
        : undefined;
  if (value === undefined || (!stable && metric.text === "utilization")) return undefined;
  if (!breaks(bound, value)) return undefined;
  return metric.text === "utilization"
    ? `about ${Number((value * 100).toPrecision(3))}%`
    : `about ${Number(value.toPrecision(3))}/s`;
}

function breaks(bound: Bound, value: number): boolean {
  const low = value * (1 - margin);
  const high = value * (1 + margin);
  switch (bound.kind) {
    case "below":
      return low >= bound.value;
    case "above":
      return high <= bound.value;
    case "within":
      return high < bound.low || low > bound.high;
    case "equals":
      return high < bound.value || low > bound.value;
  }
}
