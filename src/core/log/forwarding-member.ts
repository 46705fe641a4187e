import type { DeliveryEnd } from "../sim/world.ts";
import { Station } from "../stats/trace.ts";
import type { GroupPartition } from "./group-partition.ts";
import { HandledRecord } from "./handled-record.ts";
import { LogEvent } from "./log-event.ts";
import { Member } from "./member.ts";

/** A member that sends on: what it makes of the records that it reads, and those that it gives up. */
export class ForwardingMember extends Member {
  /** Failures of the record in each handler. */
  private readonly attempts = new Map<number, number>();
  private readonly handledRecord = new HandledRecord(this.context, this.setup, this.handlers);

  /** A handler has waited before its next attempt. */
  override retried(handler: number): void {
    if (this.gone) return;
    const { now } = this.context.kernel;
    this.handlers.endWait(handler, now, this.setup);
    super.tryAgain(handler, now);
  }

  /** After a failure within a transaction it takes nothing up, until all that was begun has ended. */
  override pump(): void {
    if (this.commits.aborts && this.handlers.busy === 0 && !this.gone) {
      this.commits.goBack();
      this.reviewIdle();
    } else super.pump();
  }

  protected override finish(handler: number, of: GroupPartition, at: number): void {
    super.finish(handler, of, at);
    this.attempts.delete(handler);
    this.commits.finishes();
    this.sendOn("success", handler);
  }

  protected override fail(handler: number, of: GroupPartition, at: number): boolean {
    this.sendOn("failure", handler);
    const { settings, stats } = this.setup;
    if (settings.onFailure === "retry" && settings.commit === "transactional") {
      stats.fail(at);
      this.trace(handler, Station.failed, at);
      this.giveUp(handler, of, at);
      this.commits.fails();
      return true;
    }
    if (settings.onFailure !== "deadLetter") return super.fail(handler, of, at);
    stats.fail(at);
    this.trace(handler, Station.failed, at);
    const failures = (this.attempts.get(handler) ?? 0) + 1;
    this.attempts.set(handler, failures);
    if (failures <= settings.retries.length) return false;
    this.attempts.delete(handler);
    this.sendOn("givenUp", handler);
    if (this.passesOver(handler, of)) stats.deadLetter(at);
    this.trace(handler, Station.deadLettered, at);
    return true;
  }

  /** It keeps the handler while it waits, so what follows in its order waits as well. */
  protected override tryAgain(handler: number, now: number): void {
    const wait = this.setup.settings.retries[(this.attempts.get(handler) ?? 0) - 1] ?? 0;
    if (wait === 0) super.tryAgain(handler, now);
    else {
      this.handlers.waitsSince[handler] = now;
      this.context.timer(now + wait, LogEvent.retried, this.setup.number, handler);
      this.interval.busyUntil(now + wait);
    }
  }

  private sendOn(when: DeliveryEnd["when"], handler: number): void {
    // What arrives at this instant is taken up once the handler is free.
    const { pumping } = this;
    this.pumping = true;
    this.setup.sender!.onward.send(this.handledRecord.of(handler, when), undefined);
    this.pumping = pumping;
  }
}
