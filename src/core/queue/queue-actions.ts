import type { TimelineAction } from "../model/timeline.ts";
import { InvariantError } from "../sim/invariant.ts";
import type { QueueModel } from "./queue-model.ts";

/** What a timeline does to RabbitMQ and its clients. A case that is not here is refused by the parser. */
export class QueueActions {
  private readonly model: QueueModel;

  constructor(model: QueueModel) {
    this.model = model;
  }

  act(action: TimelineAction): void {
    const { model } = this;
    if (action.kind === "scale") model.fleet.scale(action.consumer.text, action.instances);
    else if (action.kind === "alarm") model.alarm(action.node, action.resource, true);
    else if (action.kind === "isolate") model.faults.cut(action);
    else if (action.kind === "purge") model.purge(action.queue.text);
    else if ("target" in action && action.target.kind === "consumer")
      this.consumer(action, action.target.name.text, action.target.instance);
    else if ("target" in action && action.target.kind === "producer")
      this.producer(action, action.target.name.text, action.target.instance);
    else if ("target" in action && action.target.kind === "node") this.node(action, action.target.number);
    else if ("target" in action && action.target.kind === "queue")
      this.queue(action, action.target.name.text);
    else throw unknown(action);
  }

  end(action: TimelineAction): void {
    if (action.kind === "isolate") this.model.faults.mend(action);
    else if (action.kind === "alarm") this.model.alarm(action.node, action.resource, false);
    else throw unknown(action);
  }

  private node(action: TimelineAction, number: number): void {
    const { faults } = this.model;
    if (action.kind === "crash") faults.stopNode(number, false);
    else if (action.kind === "stop") faults.stopNode(number, true);
    else if (action.kind === "start") faults.startNode(number);
    else if (action.kind === "slow") faults.slowNode(number, action.factor);
    else if (action.kind === "restart") faults.restartNode(number);
    else throw unknown(action);
  }

  private queue(action: TimelineAction, name: string): void {
    const { faults } = this.model;
    if (action.kind === "crash") faults.stopQueue(name, false);
    else if (action.kind === "stop") faults.stopQueue(name, true);
    else if (action.kind === "start") faults.startQueue(name);
    else if (action.kind === "slow") faults.slowQueue(name, action.factor);
    else if (action.kind === "restart") {
      faults.stopQueue(name, true);
      faults.startQueue(name);
    } else throw unknown(action);
  }

  private consumer(action: TimelineAction, name: string, instance: number): void {
    const { fleet } = this.model;
    if (action.kind === "crash") {
      fleet.crashInstance(name, instance);
      this.model.crashSender("consumer", name, instance - 1);
    } else if (action.kind === "start") fleet.startInstance(name, instance);
    else if (action.kind === "stop") fleet.stopInstance(name, instance);
    else if (action.kind === "restart") {
      fleet.stopInstance(name, instance);
      fleet.startInstance(name, instance);
    } else throw unknown(action);
  }

  /** Started or stopped cleanly, a client stays: what it has goes out. */
  private producer(action: TimelineAction, name: string, instance: number): void {
    if (action.kind === "crash") this.model.crashSender("producer", name, instance - 1);
    else if (action.kind === "start") this.model.startProducer(name, instance - 1);
    else if (action.kind === "slow") this.model.slowProducer(name, instance - 1, action.factor);
  }
}

function unknown({ kind }: TimelineAction): InvariantError {
  return new InvariantError(`the queue model does not simulate this '${kind}' of a timeline`);
}
