import type { Consumer, Producer, Topology } from "../../../../src/core/model/topology.ts";
import { instancesMax } from "../../../../src/core/model/timeline.ts";

/** One stretch in which an instance of a consumer runs. Times are ns. */
export interface Life {
  readonly consumer: Consumer;
  /** From 1. */
  readonly instance: number;
  /** 0: it has joined before time begins. */
  readonly start: number;
  /** It leaves cleanly; undefined where it does not. */
  stop?: number;
  /** It dies. */
  crash?: number;
}

/** What `from`, `until` and the timeline make of the consumers' instances. */
export function livesOf({ consumers, timeline }: Topology): Life[] {
  return [...consumers.values()].flatMap((consumer) => {
    const { name, instances, startsAt, stopsAt } = consumer;
    const lives: Life[] = [];
    const running = new Map<number, Life>();
    const begin = (instance: number, at: number) => {
      if (running.has(instance)) return;
      const life: Life = { consumer, instance, start: at };
      running.set(instance, life);
      lives.push(life);
    };
    const end = (instance: number, how: "stop" | "crash", at: number) => {
      const life = running.get(instance);
      running.delete(instance);
      if (life !== undefined) life[how] = at;
    };
    for (let instance = 1; instance <= instances; instance++) begin(instance, startsAt);
    const most = instancesMax(name.text, instances, timeline);
    for (const { at, action } of timeline) {
      if (action.kind === "scale" && action.consumer.text === name.text)
        for (let instance = 1; instance <= most; instance++)
          if (instance <= action.instances) begin(instance, at);
          else end(instance, "stop", at);
      if (action.kind !== "crash" && action.kind !== "stop" && action.kind !== "start") continue;
      const { target } = action;
      if (target.kind !== "consumer" || target.name.text !== name.text) continue;
      const some = target.instance === 0 ? [...Array(most).keys()].map((i) => i + 1) : [target.instance];
      for (const instance of some)
        if (action.kind === "start") begin(instance, at);
        else end(instance, action.kind, at);
    }
    if (stopsAt < Infinity) for (const instance of [...running.keys()]) end(instance, "stop", stopsAt);
    return lives;
  });
}

/** One stretch in which a producer of one instance runs, until `end`: its crash, or that of the run. Times are ns. */
export interface ProducerLife {
  readonly producer: Producer;
  readonly start: number;
  readonly end: number;
  readonly crash: number | undefined;
}

/** What crashes and starts of the timeline make of the producers. */
export function producerLives({ producers, timeline }: Topology): ProducerLife[] {
  return [...producers.values()].flatMap((producer) => {
    const lives: ProducerLife[] = [];
    let start: number | undefined = 0;
    for (const { at, action } of timeline) {
      if (action.kind !== "crash" && action.kind !== "start") continue;
      const { target } = action;
      if (target.kind !== "producer" || target.name.text !== producer.name.text) continue;
      if (action.kind === "start") start ??= at;
      else if (start !== undefined) {
        lives.push({ producer, start, end: at, crash: at });
        start = undefined;
      }
    }
    return start === undefined ? lives : [...lives, { producer, start, end: Infinity, crash: undefined }];
  });
}
