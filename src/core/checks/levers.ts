import { isSerial, windowOf } from "../capacity/pace.ts";
import type { ConsumerLoad } from "../capacity/prediction.ts";
import type { Consumer } from "../model/topology.ts";
import type { Lever } from "../problems/capacity-problems.ts";

/** Those that let this consumer do more as it is; those of its instances come first. */
export function leversOf(consumer: Consumer, load: ConsumerLoad, idles: ConsumerLoad["idles"]): Lever[] {
  return [...moreInstances(consumer, load), moreHandlers(consumer, load, idles)];
}

/** Whether one alone reads all of it, message by message: more of them at a time finish in another order. */
export function worksInOrder({ from, concurrency }: Consumer, { instancesMax }: ConsumerLoad): boolean {
  return from.kind === "queue" && instancesMax === 1 && Math.min(concurrency, windowOf(from)) === 1;
}

function moreInstances({ instances, from }: Consumer, { instancesMax }: ConsumerLoad): Lever[] {
  if (instances < instancesMax) return ["instances"];
  return from.kind === "log" ? ["partitions"] : [];
}

function moreHandlers(consumer: Consumer, load: ConsumerLoad, idles: ConsumerLoad["idles"]): Lever {
  const { from, instances, concurrency } = consumer;
  if (from.kind === "log") {
    const isEachPartitionWorkedOn = instances * concurrency >= load.instancesMax;
    return isSerial(from) && isEachPartitionWorkedOn ? "order" : "concurrency";
  }
  if (idles === "prefetch") return "prefetch";
  return windowOf(from) > concurrency ? "concurrency" : "window";
}
