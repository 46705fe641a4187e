export { LevelSeries } from "./level-series.ts";
export { RateSeries } from "./rate-series.ts";
export { ValueSeries } from "./value-series.ts";
