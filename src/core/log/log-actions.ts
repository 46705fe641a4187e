import type { Target, TimelineAction } from "../model/timeline.ts";
import { InvariantError } from "../sim/invariant.ts";
import type { LogModel } from "./log-model.ts";

/** What a timeline does to Kafka and its clients. A case that is not here is refused by the parser. */
export class LogActions {
  readonly model: LogModel;

  constructor(model: LogModel) {
    this.model = model;
  }

  act(action: TimelineAction): void {
    const { fleet } = this.model;
    if (action.kind === "deleteRecords")
      this.model.deleteRecords(action.topic.text, action.partition, action.before);
    else if (action.kind === "replay")
      this.model.groups.get(action.group.text)?.replay(action.topic.text, action.to);
    else if (action.kind === "partitions")
      this.model.growth.add(this.model.topics.get(action.topic.text)!, action.count);
    else if (action.kind === "scale") fleet.scale(action.consumer.text, action.instances);
    else if ("target" in action && action.target.kind === "consumer") this.consumer(action, action.target);
    else if ("target" in action && action.target.kind === "producer") this.client(action, action.target);
    else this.onCluster(action);
  }

  end(action: TimelineAction): void {
    if (action.kind !== "isolate") throw unknown(action);
    this.model.context.cluster.mend(action);
  }

  private onCluster(action: TimelineAction): void {
    const { cluster } = this.model.context;
    switch (action.kind) {
      case "crash":
      case "start":
      case "stop":
      case "restart":
        if (action.target.kind === "broker") cluster[action.kind](this.broker(action.target.number));
        else if (action.target.kind === "controller") this.controller(action.kind, action.target.number);
        else throw unknown(action);
        return;
      case "slow":
        if (action.target.kind === "broker") this.broker(action.target.number).slowness = action.factor;
        else if (action.target.kind === "controller")
          this.node(action.target.number).slowness = action.factor;
        else throw unknown(action);
        return;
      case "isolate": {
        const outside = action.from?.flatMap((target) => this.nodes(target));
        cluster.cut(
          action,
          new Set(action.targets.flatMap((target) => this.nodes(target))),
          outside === undefined ? undefined : new Set(outside),
        );
        return;
      }
      case "rate":
      case "scale":
      case "replay":
      case "purge":
      case "alarm":
      case "partitions":
      case "deleteRecords":
        throw unknown(action);
    }
  }

  /** A client whose application has stopped cleanly stays: what it has goes out. */
  private client(action: TimelineAction, target: Target & { readonly kind: "producer" | "consumer" }): void {
    const { context, fleet } = this.model;
    const { clients } = context;
    for (const client of [...clients]) {
      if (client.dead || client.instance !== target.instance - 1 || !this.isAt(client.place, target))
        continue;
      if (fleet.owns(client)) continue;
      if (action.kind === "slow") client.slowness = action.factor;
      if (action.kind !== "crash") continue;
      context.replace(client);
    }
  }

  /** A controller has nothing to hand over: it stops as it crashes. */
  private controller(kind: "crash" | "start" | "stop" | "restart", number: number): void {
    const { controllers } = this.model.context.cluster;
    const node = this.node(number);
    if (kind === "start") controllers.start(node);
    else if (kind === "restart") controllers.restart(node);
    else controllers.crash(node);
  }

  private node(number: number) {
    return this.model.context.cluster.controllers.nodes[number - 1]!;
  }

  private broker(number: number) {
    return this.model.context.cluster.brokers[number - 1]!;
  }

  /** What of the network a target is. */
  private nodes(target: Target): readonly object[] {
    const { context } = this.model;
    switch (target.kind) {
      case "broker":
        return [this.broker(target.number)];
      case "controller":
        return [this.node(target.number)];
      case "producer":
        return context.clients.filter(({ place }) => this.isAt(place, target));
      case "consumer":
        return [
          ...context.members.filter(({ setup: { place } }) => this.isAt(place, target)),
          ...context.shareMembers.filter(({ setup: { place } }) => this.isAt(place, target)),
          ...context.clients.filter(({ place }) => this.isAt(place, target)),
        ];
      case "node":
      case "queue":
        return [];
    }
  }

  private isAt(place: number, target: Target & { readonly kind: "producer" | "consumer" }): boolean {
    const { kind, name } = this.model.context.world.places.list[place]!;
    return kind === target.kind && name === target.name.text;
  }

  /** What a consumer reads of RabbitMQ it may send on with a client of this side. */
  private consumer(
    action: TimelineAction,
    target: Target & { readonly kind: "consumer" | "producer" },
  ): void {
    const { fleet } = this.model;
    const { instance } = target;
    const name = target.name.text;
    this.client(action, target);
    if (!fleet.has(name)) return;
    if (action.kind === "crash") fleet.crash(name, instance);
    else if (action.kind === "start") fleet.launch(name, instance);
    else if (action.kind === "stop") fleet.stop(name, instance);
    else if (action.kind === "restart") fleet.restart(name, instance);
    else throw unknown(action);
  }
}

function unknown({ kind }: TimelineAction): InvariantError {
  return new InvariantError(`the log model does not simulate this '${kind}' of a timeline`);
}
