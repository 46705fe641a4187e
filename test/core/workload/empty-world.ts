import { Kernel } from "../../../src/core/sim/kernel.ts";
import { Keys } from "../../../src/core/sim/keys.ts";
import { Lineage } from "../../../src/core/sim/lineage.ts";
import { Messages } from "../../../src/core/sim/messages.ts";
import { Places, type World } from "../../../src/core/sim/world.ts";
import { Losses } from "../../../src/core/stats/losses.ts";
import { Occurrences } from "../../../src/core/stats/occurrences.ts";
import { Trace } from "../../../src/core/stats/trace.ts";

/** A world in which nothing has happened. */
export function emptyWorld(): World {
  const kernel = new Kernel(1);
  const trace = new Trace(kernel, 0);
  return {
    kernel,
    messages: new Messages(),
    keys: new Keys(),
    lineage: new Lineage(),
    trace,
    places: new Places(),
    losses: new Losses(trace),
    occurrences: new Occurrences(),
    window: { from: 0, to: Infinity },
    ranges: [],
    horizon: Infinity,
  };
}
