import type { Costs } from "../model/calibration.ts";
import { CorePool } from "../sim/station.ts";
import type { World } from "../sim/world.ts";
import { Partitions } from "./partitions.ts";
import { Wire, type Machine, type Waiting } from "./passage.ts";

/** One node: the cores that its processes share, its disk, and whether it runs. */
export class BrokerNode implements Machine {
  /** From 0. */
  readonly number: number;
  readonly place: number;
  readonly cores: CorePool;
  readonly disk: Wire;
  slowness = 1;
  up = true;

  constructor(schedule: { readonly world: World; readonly base: number }, number: number, costs: Costs) {
    this.number = number;
    this.place = schedule.world.places.add("node", "", number + 1);
    this.cores = new CorePool(costs.brokerCores);
    this.disk = new Wire(schedule, costs.diskBandwidth, 0);
  }
}

/** Two nodes, and what they know of each other. */
export interface NodePair {
  readonly one: BrokerNode;
  readonly other: BrokerNode;
  /** Which cut of the network keeps them apart; 0 where none does. */
  cut: number;
  /** Members of replicas suspect each other. */
  suspected: boolean;
  /** They take each other for down. */
  down: boolean;
  /** They have met again after that, and neither was started since. */
  parted: boolean;
}

/**
 * The nodes of a cluster. Connections are spread over them in turn; what a channel has to say to a queue whose process
 * runs on another node takes a hop more.
 */
export class Cluster {
  readonly nodes: readonly BrokerNode[];
  private readonly schedule: { readonly world: World; readonly base: number };
  private readonly costs: Costs;
  readonly partitions = new Partitions();
  /** No node has gone so far, or was cut off. */
  whole = true;
  readonly pairs: readonly NodePair[];
  /** By the number of the sender × nodes + the receiver's. */
  private readonly links: Wire[] = [];
  private connections = 0;

  constructor(schedule: { readonly world: World; readonly base: number }, costs: Costs, count: number) {
    this.schedule = schedule;
    this.costs = costs;
    this.nodes = Array.from({ length: count }, (_, number) => new BrokerNode(schedule, number, costs));
    this.pairs = this.nodes.flatMap((one) =>
      this.nodes
        .slice(one.number + 1)
        .map((other) => ({ one, other, cut: 0, suspected: false, down: false, parted: false })),
    );
  }

  /** Whether there is no other node to talk to. */
  get single(): boolean {
    return this.nodes.length === 1;
  }

  /** The node that the next connection is for: the next one that runs, if there is one. */
  nextNode(): BrokerNode {
    const wanted = this.nodes[this.connections++ % this.nodes.length]!;
    return this.running(wanted) ?? wanted;
  }

  /** This node, or the next one that runs, and that the client at this place reaches; undefined when none does. */
  running({ number }: BrokerNode, client?: number): BrokerNode | undefined {
    const { nodes } = this;
    return [...nodes.slice(number), ...nodes.slice(0, number)].find(
      ({ up, place }) => up && (client === undefined || this.partitions.reaches(client, place)),
    );
  }

  /** As `Wire.delays`, from one node to another; there is nothing to wait for on the same one. */
  delays(from: BrokerNode, to: BrokerNode, bytes: number, kind: number, a: number, b: number): boolean {
    return from !== to && this.link(from, to).delays(bytes, kind, a, b);
  }

  /** Undefined for a node and itself. */
  pairOf(one: BrokerNode, other: BrokerNode): NodePair | undefined {
    return this.pairs.find(
      (pair) => (pair.one === one && pair.other === other) || (pair.one === other && pair.other === one),
    );
  }

  /** Whether the other node runs and neither takes the other for down, nor did since both were started. */
  knows(one: BrokerNode, other: BrokerNode): boolean {
    const pair = this.pairOf(one, other);
    return pair === undefined || (other.up && !pair.down && !pair.parted);
  }

  /** Takes what is meant out of what waits on the network between nodes. */
  waiting(meant: (one: Waiting) => boolean): readonly Waiting[] {
    return this.pairs.flatMap((pair) => this.linksOf(pair).flatMap((link) => link.dropIf(meant)));
  }

  linksOf({ one, other }: NodePair): readonly Wire[] {
    return [this.link(one, other), this.link(other, one)];
  }

  link(from: BrokerNode, to: BrokerNode): Wire {
    const { networkBandwidth, networkLatency } = this.costs;
    const number = from.number * this.nodes.length + to.number;
    return (this.links[number] ??= new Wire(this.schedule, networkBandwidth, networkLatency));
  }
}
