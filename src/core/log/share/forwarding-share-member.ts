import type { DeliveryEnd } from "../../sim/world.ts";
import { HandledRecord } from "../handled-record.ts";
import type { Hindrance } from "../idle-handlers.ts";
import type { Acknowledge } from "./acknowledgements.ts";
import { ShareMember } from "./share-member.ts";
import type { SharePartition } from "./share-partition.ts";

/** A share group's member that sends on: it polls, and so acknowledges what it has processed, once that has its outcome. */
export class ForwardingShareMember extends ShareMember {
  private readonly handledRecord = new HandledRecord(this.context, this.setup, this.handlers);
  private flushing = false;

  protected override finish(handler: number, of: SharePartition, offset: number, now: number): void {
    super.finish(handler, of, offset, now);
    this.sendOn("success", handler);
  }

  protected override failed(handler: number, now: number): void {
    this.sendOn("failure", handler);
    super.failed(handler, now);
  }

  protected override givesUp(handler: number, of: SharePartition, offset: number, now: number): Acknowledge {
    if (this.setup.settings.share!.onFailure === "deadLetter") this.sendOn("givenUp", handler);
    return super.givesUp(handler, of, offset, now);
  }

  protected override pollAgain(): boolean {
    return this.handlers.busy === 0 && this.flushed() && super.pollAgain();
  }

  protected override leave(): void {
    if (this.flushed()) super.leave();
  }

  protected override get hindrance(): Hindrance {
    return super.hindrance ?? (this.flushing ? "blocked" : undefined);
  }

  private sendOn(when: DeliveryEnd["when"], handler: number): void {
    // What arrives at this instant is taken up once the handler is free.
    const { pumping } = this;
    this.pumping = true;
    this.setup.sender!.onward.send(this.handledRecord.of(handler, when), undefined);
    this.pumping = pumping;
  }

  /** False while something that was sent on has no outcome; the poll loop goes on when it has. */
  private flushed(): boolean {
    const { onward } = this.setup.sender!;
    if (onward.pending && !this.flushing) {
      this.flushing = true;
      onward.flush(() => {
        this.flushing = false;
        this.pump();
      });
    }
    return !this.flushing;
  }
}
