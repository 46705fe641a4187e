import type { ProducerTransactions } from "../../model/topology.ts";
import type { ProducerStats } from "../../stats/producer-stats.ts";
import type { Broker } from "../broker.ts";
import type { LogContext } from "../log-context.ts";
import type { LogOutlet } from "../log-outlet.ts";
import { LogEvent } from "../log-event.ts";
import type { Partition } from "../partition.ts";
import type { ProducerClient } from "../producer-client.ts";
import { retryBackoff, type AbortReason } from "./transaction-coordinator.ts";
import type { TransactionState } from "./transaction.ts";

/**
 * The transactions of a producer client. While one ends, and before the first, what the application sends is held back:
 * its thread is within `commitTransaction()` or `initTransactions()`.
 */
export class TransactionalProducer {
  readonly state: TransactionState;
  /** Records of the open transaction that are acknowledged. */
  private acknowledged = 0;
  private readonly number: number;
  private readonly context: LogContext;
  private readonly client: ProducerClient;
  private readonly stats: ProducerStats;
  private readonly perCommit: number;
  private epoch = 0;
  private phase: "unborn" | "initializing" | "ready" | "ending";
  /** Records of it were refused or given up, or its epoch is over: it cannot be committed. */
  private doomed: AbortReason | undefined = undefined;
  private sent = 0;
  private readonly held: { readonly outlet: LogOutlet; readonly message: number }[] = [];
  /** What the application does once `initTransactions()` has come back. */
  private readonly afterStart: (() => void)[] = [];
  private request: { readonly commit: boolean; readonly whenDone: (committed: boolean) => void } | undefined =
    undefined;
  private fenced = false;
  private ended = false;

  constructor(
    context: LogContext,
    client: ProducerClient,
    { id, messages, timeout }: ProducerTransactions,
    stats: ProducerStats,
  ) {
    this.context = context;
    this.client = client;
    this.stats = stats;
    this.perCommit = messages;
    this.number = context.coordinator.producers.push(this) - 1;
    const { state, first } = context.coordinator.state(`${id}-${client.instance + 1}`, timeout, client.place);
    this.state = state;
    this.epoch = state.epoch;
    this.phase = first ? "ready" : "unborn";
  }

  /** Records have their answer; the end of their transaction decides. */
  accept(_now: number, records: number): void {
    this.acknowledged += records;
  }

  get heldBack(): number {
    return this.held.length;
  }

  /** The transaction cannot be committed. */
  get fails(): boolean {
    return this.doomed !== undefined;
  }

  /** The application calls `send()`. */
  send(outlet: LogOutlet, message: number): void {
    if (this.phase !== "ready") {
      this.starts();
      this.held.push({ outlet, message });
      return;
    }
    this.sent++;
    outlet.pass(message);
    // A record that its client refuses ends the transaction by itself.
    if (this.sent >= this.perCommit && !this.fails) this.end(true, () => this.goOn());
  }

  /** The application has sent all that it will: it commits what is open. */
  sendsNoMore(): void {
    this.ended = true;
    if (this.phase === "ready" && this.sent > 0 && this.perCommit < Infinity)
      this.end(true, () => this.goOn());
  }

  /** Commits or aborts, when all that was sent has its answer. */
  end(commit: boolean, whenDone: (committed: boolean) => void, reason?: AbortReason): void {
    this.onceStarted(() => {
      this.phase = "ending";
      this.doomed ??= reason;
      this.client.flush(() => {
        this.request = { commit: commit && this.doomed === undefined, whenDone };
        if (this.doomed === "transactional.id") this.answered();
        else if (!this.context.defersHop(LogEvent.transactionArrives, this.number)) this.arrives();
      });
    });
  }

  /** A produce request is at the leader: how long it has to wait there for its partitions to be in the transaction, ns; undefined while the one before is not complete. */
  enlist(first: number, leader: Broker): number | undefined {
    const { batches, accumulators, coordinator } = this.context;
    const { state } = this;
    if (this.epoch !== state.epoch) return 0;
    if (!state.log.serves(leader)) {
      state.log.later(() => this.againIn(retryBackoff, LogEvent.produceArrives, first));
      return undefined;
    }
    if (state.phase === "completing") {
      state.waiting.push(first);
      return undefined;
    }
    let wait = 0;
    for (let batch = first; batch >= 0; batch = batches.next[batch]!) {
      const { partition } = accumulators[batches.accumulator[batch]!]!;
      if (!state.partitions.has(partition))
        wait = Math.max(wait, coordinator.enlist(state, partition, leader));
    }
    return wait;
  }

  /** Whether the partition takes nothing of it any more: INVALID_PRODUCER_EPOCH. */
  fencedAt(partition: Partition): boolean {
    const { state, epoch } = this;
    if (epoch === state.epoch) return false;
    return !state.partitions.has(partition) || partition.transactions!.fences(state.producerId, epoch);
  }

  /** Of its process and transaction, as its batches carry it. */
  get producerEpoch(): number {
    return this.epoch;
  }

  /** Calls back when all that was sent has its answer. */
  whenAnswered(whenDone: () => void): void {
    this.onceStarted(() => this.client.flush(whenDone));
  }

  /** The process starts: what one before it has left open is aborted. */
  starts(): void {
    if (this.phase === "unborn") this.initialize();
  }

  /** Records of it were refused or given up. Who commits by himself begins anew at once. */
  dooms(fenced: boolean): void {
    this.doomed ??= fenced ? "transactional.id" : "a refusal";
    if (this.phase === "ready" && this.perCommit < Infinity) this.end(false, () => this.goOn());
  }

  /** A request is at the coordinator: to end the transaction, or to begin with a new epoch. */
  arrives(): void {
    const { coordinator, costs, kernel } = this.context;
    const { state } = this;
    const { log } = state;
    if (!log.serves(this.client)) {
      // A coordinator that waits for its replicas answers as soon as it can; another one has to be found.
      const waits = log.state === "waits" && !log.down;
      const wait = waits ? 0 : this.client.settings.retryBackoff + 2 * costs.networkLatency;
      log.later(() => {
        if (!this.client.dead) this.againIn(wait, LogEvent.transactionArrives, this.number);
      });
      return;
    }
    const done = log.broker.work(kernel.now, costs.kafkaPerRequest) + coordinator.writing;
    if (this.phase === "initializing") {
      coordinator.decide(state, false, "transactional.id");
      this.epoch = state.epoch;
    } else if (this.epoch !== state.epoch) this.fenced = true;
    else {
      coordinator.decide(state, this.request!.commit, this.doomed ?? "a failure");
      this.epoch = state.epoch;
    }
    const back = done + costs.networkLatency;
    if (back > kernel.now) this.context.timer(back, LogEvent.transactionAnswered, this.number, 0);
    else this.answered();
  }

  answered(): void {
    if (this.client.dead) return;
    const { kernel, world } = this.context;
    const { request } = this;
    if (this.phase === "initializing") {
      this.phase = "ready";
      this.request = undefined;
      request?.whenDone(false);
      this.goOn();
      for (const goOn of this.afterStart.splice(0)) goOn();
      return;
    }
    const lost = this.fenced || this.doomed === "transactional.id";
    const committed = request!.commit && !lost;
    if (committed) this.stats.accept(kernel.now, this.acknowledged);
    else this.stats.refuse(kernel.now, this.acknowledged);
    this.acknowledged = this.sent = 0;
    this.doomed = undefined;
    this.fenced = false;
    if (lost) {
      const rule =
        this.epoch === this.state.expiredEpoch ? "transactional.id.expiration.ms" : "transactional.id";
      world.occurrences.add(kernel.now, "producerFenced", this.client.place, this.epoch, rule);
      this.initialize();
      return;
    }
    this.phase = "ready";
    this.request = undefined;
    request!.whenDone(committed);
  }

  /** The process is gone, and what it has held back with it. */
  crash(): void {
    const { messages, kernel } = this.context;
    this.stats.giveUp(kernel.now, this.acknowledged + this.held.length);
    this.acknowledged = 0;
    for (const { message } of this.held.splice(0)) messages.release(message);
  }

  private onceStarted(goOn: () => void): void {
    this.starts();
    if (this.phase === "initializing") this.afterStart.push(goOn);
    else goOn();
  }

  private againIn(wait: number, event: LogEvent, of: number): void {
    this.context.timer(this.context.kernel.now + wait, event, of, 0);
  }

  private initialize(): void {
    this.phase = "initializing";
    if (!this.context.defersHop(LogEvent.transactionArrives, this.number)) this.arrives();
  }

  private goOn(): void {
    while (this.held.length > 0 && this.phase === "ready") {
      const { outlet, message } = this.held.shift()!;
      this.send(outlet, message);
    }
    if (this.ended && this.held.length === 0) this.sendsNoMore();
  }
}
