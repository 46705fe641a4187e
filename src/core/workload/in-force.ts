import type { Target, TimelineAction, TimelineEntry } from "../model/timeline.ts";
import type { Topology } from "../model/topology.ts";

/** Of the entries that say how something is from now on, those that are not over: the last one holds. */
export class InForce {
  private readonly topology: Topology;
  private entries: readonly TimelineEntry[] = [];

  constructor(topology: Topology) {
    this.topology = topology;
  }

  begin(entry: TimelineEntry): void {
    this.entries = [...this.entries, entry];
  }

  end(entry: TimelineEntry): void {
    this.entries = this.entries.filter((one) => one !== entry);
  }

  slowness(target: Target): number {
    const { factor } = this.last("slow", (slow) => covers(slow.target, target)) ?? { factor: 1 };
    return factor;
  }

  rate(producer: string): number {
    const { factor } = this.last("rate", (rate) => rate.producer.text === producer) ?? { factor: 1 };
    return factor;
  }

  instances(consumer: string): number {
    const scale = this.last("scale", (one) => one.consumer.text === consumer);
    return scale === undefined ? this.topology.consumers.get(consumer)!.instances : scale.instances;
  }

  private last<K extends TimelineAction["kind"]>(
    kind: K,
    about: (action: Extract<TimelineAction, { kind: K }>) => boolean,
  ): Extract<TimelineAction, { kind: K }> | undefined {
    for (let i = this.entries.length - 1; i >= 0; i--) {
      const { action } = this.entries[i]!;
      if (isOf(action, kind) && about(action)) return action;
    }
    return undefined;
  }
}

function isOf<K extends TimelineAction["kind"]>(
  action: TimelineAction,
  kind: K,
): action is Extract<TimelineAction, { kind: K }> {
  return action.kind === kind;
}

/** All instances, or the same one. */
function covers(wider: Target, target: Target): boolean {
  if ("number" in wider)
    return "number" in target && wider.kind === target.kind && wider.number === target.number;
  if ("number" in target || wider.kind !== target.kind || wider.name.text !== target.name.text) return false;
  return (
    wider.kind === "queue" ||
    wider.instance === 0 ||
    ("instance" in target && wider.instance === target.instance)
  );
}
