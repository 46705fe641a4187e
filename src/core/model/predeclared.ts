import type { ExchangeType } from "./topology.ts";

/** Exchanges that exist without being declared, by the type that their name gives them. */
export const predeclared: ReadonlyMap<string, ExchangeType> = new Map([
  ["amq.direct", "direct"],
  ["amq.fanout", "fanout"],
  ["amq.topic", "topic"],
  ["amq.headers", "headers"],
  ["amq.match", "headers"],
]);
