import { Outcome, type Publishes } from "./publishes.ts";

/**
 * `tx` on one channel: what is published waits at the channel, and the queues get it together at the commit. The client
 * publishes nothing between `tx.commit` and its answer, which comes when all queues have what is theirs; if one of them
 * refuses, the commit fails, though others keep their copies. (`rabbit_channel` of 3.10 and 4.1)
 */
export class ChannelTransaction {
  /** Messages per commit. */
  private readonly size: number;
  /** Messages that the client has begun to publish since the last commit, and of these the ones in the socket. */
  private begun = 0;
  private out = 0;
  /** The commit has gone out, and its answer has not come. */
  committing = false;
  /** At the channel. */
  private held: number[] = [];
  /** Publishes of the commit whose outcome is open, and those that have one. */
  private open = 0;
  private decided: number[] = [];
  /** Of returns, which go back before the commit's answer. */
  returnedBytes = 0;

  constructor(size: number) {
    this.size = size;
  }

  get hasRoom(): boolean {
    return !this.committing && this.begun < this.size;
  }

  begin(): void {
    this.begun++;
  }

  wentOut(): void {
    this.out++;
  }

  /** Whether the commit is to follow now. `last`: the application sends nothing more. */
  commits(last: boolean): boolean {
    if (this.committing || this.out === 0 || this.out < (last ? this.begun : this.size)) return false;
    this.committing = true;
    return true;
  }

  hold(message: number): void {
    this.held.push(message);
  }

  /** What waits at the channel leaves it, by a commit or since the channel is gone. */
  take(): readonly number[] {
    const { held } = this;
    this.held = [];
    this.open = held.length;
    return held;
  }

  /** Answers whether all publishes of the commit have an outcome now. */
  decide(publish: number): boolean {
    this.decided.push(publish);
    return --this.open === 0;
  }

  /** The client has the answer: a refusal is one of all. */
  end({ outcome }: Publishes): readonly number[] {
    const { decided } = this;
    if (decided.some((publish) => outcome[publish] === Outcome.refused))
      for (const publish of decided) outcome[publish] = Outcome.refused;
    this.decided = [];
    this.begun = this.out = this.returnedBytes = 0;
    this.committing = false;
    return decided;
  }
}
