import type { StateMark } from "../../sim/world.ts";
import { Commits } from "../commits.ts";
import type { LogContext } from "../log-context.ts";
import type { Member } from "../member.ts";
import type { GroupPartition } from "../group-partition.ts";
import { LogEvent } from "../log-event.ts";
import { retryBackoff } from "./transaction-coordinator.ts";
import type { PendingOffsets } from "./transaction.ts";
import type { TransactionalProducer } from "./transactional-producer.ts";

interface PendingOffset {
  readonly of: GroupPartition;
  readonly offset: number;
  readonly mark: StateMark | undefined;
}

/**
 * `commit: transactional`: the offsets of what `poll()` returned, and all that was sent on for it, take effect together
 * before the next poll, or not at all. (KIP-98, KIP-447)
 */
class TransactionalCommits extends Commits implements PendingOffsets {
  /** The member has failed, or has lost what it worked on: the transaction is aborted. */
  private abortReason: "a failure" | "a rebalance" | undefined = undefined;
  /** The group's coordinator has these offsets; they wait for the end of the transaction. */
  private pending: PendingOffset[] = [];

  override get aborts(): boolean {
    return this.abortReason !== undefined;
  }

  /** A transaction holds all that a poll returned, and nothing else. */
  override get mayPoll(): boolean {
    return this.member.drained();
  }

  override beforePoll(): void {
    this.send(true);
  }

  override afterPoll(): void {}

  override whileWaiting(): void {}

  override finishes(): void {
    this.producer.state.finished++;
  }

  override fails(): void {
    this.abortReason ??= "a failure";
    this.blocks = true;
  }

  /** Nothing is in work any more after a failure: all begins anew from what is committed. */
  override goBack(): void {
    if (this.phase !== "idle") return;
    this.phase = "under way";
    this.abort();
  }

  override forget(of: GroupPartition): void {
    const open = of.touched || this.carries(of);
    super.forget(of);
    if (open && !this.member.gone) this.abortReason ??= "a rebalance";
  }

  override done(): void {
    if (this.member.gone) return;
    if (this.abortReason === undefined) {
      const { kernel, coordinator } = this.context;
      const { state } = this.producer;
      const again = (): void =>
        this.context.timer(kernel.now + retryBackoff, LogEvent.commitDone, this.member.setup.number, 0);
      if (!state.log.serves(this.member.group.coordinator.broker)) {
        state.log.later(again);
        return;
      }
      // CONCURRENT_TRANSACTIONS: the markers of the one before are not all written.
      if (state.phase === "completing") {
        again();
        return;
      }
      this.pending = this.takeCarried().map((of) => ({ of, offset: of.committing, mark: of.mark }));
      for (const { of } of this.pending) of.pendingCommit = true;
      coordinator.addOffsets(state, this);
    }
    if (!this.context.defersHop(LogEvent.commitAnswered, this.member.setup.number)) this.answered();
  }

  override answered(): void {
    if (this.member.gone) return;
    if (this.abortReason === undefined && !this.producer.fails) this.finish(true);
    else this.abort();
  }

  committed(): void {
    for (const { of, offset, mark } of this.pending.splice(0)) {
      of.pendingCommit = false;
      of.committing = offset;
      of.mark = mark;
      this.takesEffect(of);
      if (of.owner !== this.member || of.session === undefined) of.catchUp();
    }
  }

  aborted(): void {
    for (const { of } of this.pending.splice(0)) of.pendingCommit = false;
  }

  /** Of what was sent on, all is to have its answer first. */
  protected override sets(): void {
    this.producer.whenAnswered(() => {
      if (this.member.gone) return;
      if (this.abortReason !== undefined || this.producer.fails) this.abort();
      else super.sets();
    });
  }

  private get producer(): TransactionalProducer {
    return this.member.setup.sender!.client.transactions!;
  }

  private abort(): void {
    this.blocks = true;
    this.takeCarried();
    this.finish(false);
  }

  private finish(commit: boolean): void {
    const reason = this.abortReason;
    this.producer.end(
      commit,
      (committed) => {
        this.phase = "idle";
        this.blocks = false;
        this.abortReason = undefined;
        if (this.member.gone) return;
        if (!committed) this.member.ownership.goBack();
        this.member.pump();
      },
      reason,
    );
  }
}

export function commitsFor(context: LogContext, member: Member): Commits {
  const transactional = member.setup.settings.commit === "transactional";
  return new (transactional ? TransactionalCommits : Commits)(context, member);
}
