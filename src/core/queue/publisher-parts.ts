import type { Flow } from "../model/topology.ts";
import type { ProducerStats } from "../stats/producer-stats.ts";
import type { Broker } from "./broker.ts";
import type { Connection } from "./connection.ts";
import type { RouteTable } from "./route-table.ts";

/** What a publisher is made of. */
export interface PublisherParts {
  readonly connection: Connection;
  readonly broker: Broker;
  readonly routes: RouteTable;
  readonly flow: Flow;
  readonly stats: ProducerStats;
  /** Who sends. */
  readonly place: number;
  /** What its messages carry. */
  readonly source: number;
}
