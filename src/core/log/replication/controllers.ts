import type { ClusterSettings } from "../../model/kafka-cluster.ts";
import type { LogContext } from "../log-context.ts";
import { LogEvent } from "../log-event.ts";
import type { Network } from "./network.ts";

/** From the end of a process to the start of the next, in a restart: an estimate, ns. */
export const restartTime = 5e9;

/** A node of the KRaft quorum. */
export class Controller {
  /** From 1. */
  readonly number: number;
  alive = true;
  /** What it writes takes so many times as long. */
  slowness = 1;

  constructor(number: number) {
    this.number = number;
  }
}

/**
 * The quorum that decides who leads and who is in sync: one of its nodes is active while most of them can be reached.
 * Without one nothing of this changes, and what is asked for waits.
 */
export class Controllers {
  readonly nodes: readonly Controller[];
  active: Controller | undefined = undefined;
  private readonly context: LogContext;
  private readonly settings: ClusterSettings;
  private readonly network: Network;
  /** Called when another node becomes active. */
  private readonly onActive: () => void;
  /** Changes that wait for a quorum, and those on their way to the brokers by their numbers. */
  private waiting: (() => void)[] = [];
  private readonly committing = new Map<number, () => void>();
  private commits = 0;
  private terms = 0;
  private electing = false;

  constructor(
    context: LogContext,
    count: number,
    settings: ClusterSettings,
    network: Network,
    onActive: () => void,
  ) {
    this.context = context;
    this.settings = settings;
    this.network = network;
    this.onActive = onActive;
    this.nodes = Array.from({ length: count }, (_, i) => new Controller(i + 1));
    this.active = this.nodes[0];
  }

  crash(node: Controller): void {
    node.alive = false;
    this.review();
  }

  start(node: Controller): void {
    node.alive = true;
    this.review();
  }

  restart(node: Controller): void {
    this.crash(node);
    this.context.timer(
      this.context.kernel.now + restartTime,
      LogEvent.controllerRestarts,
      node.number - 1,
      0,
    );
  }

  /** A node or the network has changed. */
  review(): void {
    const { active, settings, context } = this;
    if (active !== undefined && this.hasQuorum(active)) return;
    this.active = undefined;
    if (this.electing || this.candidate === undefined) return;
    this.electing = true;
    // The others notice that its answers stay away; where there was none, the first to wait long enough stands.
    const notices = active === undefined ? settings.quorumElectionTimeout : settings.quorumFetchTimeout;
    const alone = this.nodes.length === 1;
    const time = context.kernel.now + (alone ? 0 : notices + 2 * context.costs.networkLatency);
    context.timer(time, LogEvent.controllerElected, ++this.terms, 0);
  }

  elected(): void {
    this.electing = false;
    if (this.active !== undefined) return;
    this.active = this.candidate;
    if (this.active === undefined) return;
    const { waiting } = this;
    this.waiting = [];
    for (const change of waiting) this.commit(change);
    this.onActive();
  }

  /** The change happens once the active controller and most of all have it in their logs, and the brokers know. */
  commit(change: () => void): void {
    const { context, active } = this;
    if (active === undefined) {
      this.waiting.push(change);
      return;
    }
    const { networkLatency, diskFlush } = context.costs;
    // To the controller, to its followers and back with their next fetch, to the brokers.
    const hops = this.nodes.length === 1 ? 2 : 4;
    const number = this.commits++;
    this.committing.set(number, change);
    const written = this.settings.quorumAppendLinger + diskFlush * this.slownessOf(active);
    const time = context.kernel.now + hops * networkLatency + written;
    context.timer(time, LogEvent.metadataCommitted, number, 0);
  }

  committed(number: number): void {
    const change = this.committing.get(number)!;
    this.committing.delete(number);
    change();
  }

  /** Of the slowest log that a change waits for: those of a minority may be slower. */
  private slownessOf(active: Controller): number {
    const reached = this.nodes.filter((node) => node.alive && this.network.reaches(active, node));
    const fastest = reached.map(({ slowness }) => slowness).sort((a, b) => a - b);
    return Math.max(active.slowness, fastest[Math.floor(this.nodes.length / 2)] ?? 1);
  }

  /** The first node that could be active. */
  private get candidate(): Controller | undefined {
    return this.nodes.find((node) => this.hasQuorum(node));
  }

  private hasQuorum(node: Controller): boolean {
    if (!node.alive) return false;
    const reached = this.nodes.filter((other) => other.alive && this.network.reaches(node, other));
    return 2 * reached.length > this.nodes.length;
  }
}
