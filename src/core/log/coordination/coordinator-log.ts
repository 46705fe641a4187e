import type { Broker } from "../broker.ts";
import type { LogContext } from "../log-context.ts";
import { LogEvent } from "../log-event.ts";

/**
 * The partition of `__consumer_offsets` or `__transaction_state` that holds what a coordinator knows: whoever leads it
 * coordinates. Its records are few, and not simulated; who could take them is. (ReplicaManager.appendRecords with acks=all)
 */
export class CoordinatorLog {
  /** The coordinator, or the one that was it last. */
  broker: Broker;
  /**
   * `takes`: it writes, and all replicas in sync follow; `waits`: one of these says nothing, and has not left them yet;
   * `refuses`: too few are in sync.
   */
  state: "takes" | "waits" | "refuses" = "takes";
  /** Those that hold it, the leader of the beginning first. */
  private readonly replicas: readonly Broker[];
  private readonly minInSync: number;
  private readonly context: LogContext;
  /** Since when a follower in sync has said nothing. */
  private readonly silentSince = new Map<Broker, number>();
  private waiting: (() => void)[] = [];

  constructor(context: LogContext, replicas: readonly Broker[], minInSync: number) {
    this.context = context;
    this.replicas = replicas;
    this.broker = replicas[0]!;
    // More than there are replicas can never be in sync. (Partition.effectiveMinIsr)
    this.minInSync = Math.min(minInSync, replicas.length);
    context.coordinatorLogs.push(this);
  }

  get down(): boolean {
    return !this.broker.alive;
  }

  /** What the coordinator decides is written. */
  get writes(): boolean {
    return this.state === "takes" && !this.down;
  }

  /** Who asks can reach the coordinator, and what that one decides is written. */
  serves(client: object): boolean {
    return this.writes && this.context.cluster.network.reaches(client, this.broker);
  }

  /** The controllers have fenced a broker, or let one lead again: true when another one leads. */
  elect(): boolean {
    if (!this.broker.fenced) return false;
    const next = this.replicas.find((broker) => broker.alive && !broker.fenced && !this.lags(broker));
    if (next === undefined) return false;
    this.broker = next;
    this.silentSince.clear();
    return true;
  }

  /** Calls back as soon as brokers or the network have changed and it writes. */
  later(goOn: () => void): void {
    this.waiting.push(goOn);
  }

  /** Brokers or the network have changed. */
  review(): void {
    if (this.replicas.length > 1) this.state = this.reviewed();
    if (!this.writes) return;
    for (const goOn of this.waiting.splice(0)) goOn();
  }

  private reviewed(): CoordinatorLog["state"] {
    const { cluster, kernel } = this.context;
    let inSync = 1;
    let silent = false;
    for (const broker of this.replicas) {
      if (broker === this.broker) continue;
      if (cluster.replicates(this.broker, broker)) this.silentSince.delete(broker);
      else if (!this.silentSince.has(broker)) {
        this.silentSince.set(broker, kernel.now);
        this.watch();
      }
      if (broker.fenced || this.lags(broker)) continue;
      inSync++;
      if (this.silentSince.has(broker)) silent = true;
    }
    if (inSync < this.minInSync) return "refuses";
    return silent ? "waits" : "takes";
  }

  /** It has left the replicas in sync: leaders look after their followers every half of `replica.lag.time.max.ms`. */
  private lags(broker: Broker): boolean {
    const since = this.silentSince.get(broker);
    return since !== undefined && this.context.kernel.now >= this.leavesAt(since);
  }

  private leavesAt(since: number): number {
    const { replicaLagTimeMax } = this.context.replication.settings;
    const half = Math.max(replicaLagTimeMax / 2, 1);
    return (Math.floor((since + replicaLagTimeMax) / half) + 1) * half;
  }

  private watch(): void {
    this.context.background(this.leavesAt(this.context.kernel.now), LogEvent.coordinatorsReviewed);
  }
}
