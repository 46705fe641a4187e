import type { TimelineAction } from "../model/timeline.ts";
import { InvariantError } from "../sim/invariant.ts";
import type { QueueModel } from "./queue-model.ts";

/** What a timeline does to RabbitMQ and its clients. A case that is not here is refused by the parser. */
export class QueueActions {
  readonly model: QueueModel;

  constructor(model: QueueModel) {
    this.model = model;
  }

  act(action: TimelineAction): void {
    throw unknown(action);
  }

  end(action: TimelineAction): void {
    throw unknown(action);
  }
}

function unknown({ kind }: TimelineAction): InvariantError {
  return new InvariantError(`the queue model does not simulate this '${kind}' of a timeline`);
}
