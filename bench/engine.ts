/** What the benchmarks use of the engine beside the bundles that ship. */
export { check, parse } from "../src/core/index.ts";
export { Repeats } from "../src/core/run.ts";
export { Kernel } from "../src/core/sim/kernel.ts";
export { Messages } from "../src/core/sim/messages.ts";
export { RandomStream } from "../src/core/sim/random.ts";
export { Histogram } from "../src/core/stats/histogram.ts";
export { LevelSeries } from "../src/core/stats/series.ts";
export { Trace } from "../src/core/stats/trace.ts";
export { route } from "../src/core/queue/routing.ts";
export { topicMatches } from "../src/core/queue/topic-pattern.ts";
export { VirtualHost } from "../src/core/queue/virtual-host.ts";
