import type { TimelineAction } from "../model/timeline.ts";
import { InvariantError } from "../sim/invariant.ts";
import type { LogModel } from "./log-model.ts";

/** What a timeline does to Kafka and its clients. A case that is not here is refused by the parser. */
export class LogActions {
  readonly model: LogModel;

  constructor(model: LogModel) {
    this.model = model;
  }

  act(action: TimelineAction): void {
    if (action.kind === "deleteRecords")
      return this.model.deleteRecords(action.topic.text, action.partition, action.before);
    // A client whose application has stopped stays: what it has goes out.
    if ("target" in action && action.target.kind === "producer") return;
    throw unknown(action);
  }

  end(action: TimelineAction): void {
    throw unknown(action);
  }
}

function unknown({ kind }: TimelineAction): InvariantError {
  return new InvariantError(`the log model does not simulate this '${kind}' of a timeline`);
}
