import { none, type Copies } from "./copies.ts";

/** Messages that one process may send another at first, and that come for as many handled. (`credit_flow_default_credit`) */
const processCredit = { initial: 400, step: 200 };
/** Commands of one channel to a quorum queue that it has not applied yet. (`quorum_commands_soft_limit`) */
const commandCredit = { initial: 32, step: 1 };

/** What one channel may still send to one queue's process. */
class QueueCredit {
  private left: number;
  private handled = 0;
  private readonly initial: number;
  private readonly step: number;

  constructor({ initial, step }: typeof processCredit) {
    this.left = this.initial = initial;
    this.step = step;
  }

  /** Answers whether this was the last one for now; a channel goes on with what it has, whatever its credit. */
  send(): boolean {
    return --this.left === 0;
  }

  /** Answers whether there is credit again. */
  take(): boolean {
    if (++this.handled < this.step) return false;
    this.handled = 0;
    const before = this.left;
    this.left = Math.min(this.initial, before + this.step);
    return before <= 0 && this.left > 0;
  }
}

/**
 * Credit flow along a publisher's way: the connection's reader has credit with the channel, the channel with each queue. A
 * channel that has run out of it somewhere gives the reader none until it has some again; a reader without credit leaves
 * everything in the socket. So nobody publishes faster than the slowest queue takes, and no queue's process has a long
 * line of publishes before its deliveries and acks. (`credit_flow` of 3.10 and 4.1)
 */
export class ChannelCredit {
  private readonly gate: Gate;
  private reader = processCredit.initial;
  /** Messages that are on their way to the reader. */
  private onWire = 0;
  private parsed = 0;
  /** What the reader gets when no queue blocks the channel any more. */
  private owed = 0;
  private blockedBy = 0;
  private readonly queues: (QueueCredit | undefined)[] = [];

  constructor(gate: Gate) {
    this.gate = gate;
  }

  /** Whether the reader will take one message more at once. */
  get hasRoom(): boolean {
    return this.reader > this.onWire;
  }

  wentOut(): void {
    this.onWire++;
  }

  /** The reader has passed a message to the channel; answers whether it stops with it. */
  read(): boolean {
    this.onWire--;
    if (--this.reader !== 0) return false;
    this.gate.close(this);
    return true;
  }

  /** The channel has dealt with it. */
  dealtWith(): void {
    if (++this.parsed < processCredit.step) return;
    this.parsed = 0;
    this.owed += processCredit.step;
    this.grant();
  }

  /** The channel sends a copy to a queue. */
  sent(queue: number, isQuorum: boolean): void {
    const credit = (this.queues[queue] ??= new QueueCredit(isQuorum ? commandCredit : processCredit));
    if (credit.send()) this.blockedBy++;
  }

  /** The queue's process has taken it. */
  taken(queue: number): void {
    if (this.queues[queue]?.take() !== true) return;
    this.blockedBy--;
    this.grant();
  }

  private grant(): void {
    if (this.blockedBy > 0 || this.owed === 0) return;
    const before = this.reader;
    this.reader = Math.min(processCredit.initial, before + this.owed);
    this.owed = 0;
    if (before <= 0 && this.reader > 0) this.gate.open(this);
    else this.gate.pass();
  }
}

/** Where a connection's messages wait while the broker reads nothing from its socket: the client's thread stands still. */
export class Gate {
  /** An alarm, or a channel whose reader has no credit. */
  private readonly closedBy = new Set<ChannelCredit | "alarm">();
  private readonly copies: Copies;
  private readonly fits: (message: number) => boolean;
  private readonly release: (message: number) => void;
  /** Messages that wait, linked by `next`. */
  private first = none;
  private last = none;
  waiting = 0;

  /** `fits`: whether the broker takes the message at once; `release`: it goes out. */
  constructor(copies: Copies, fits: (message: number) => boolean, release: (message: number) => void) {
    this.copies = copies;
    this.fits = fits;
    this.release = release;
  }

  get closed(): boolean {
    return this.closedBy.size > 0 || this.first >= 0;
  }

  get byAlarm(): boolean {
    return this.closedBy.has("alarm");
  }

  close(reason: ChannelCredit | "alarm"): void {
    this.closedBy.add(reason);
  }

  open(reason: ChannelCredit | "alarm"): void {
    this.closedBy.delete(reason);
    this.pass();
  }

  /** What waits goes out in its order, as much of it as the broker takes. */
  pass(): void {
    while (this.closedBy.size === 0 && this.first >= 0 && this.fits(this.first)) this.release(this.take());
  }

  hold(message: number): void {
    const { messages } = this.copies;
    messages.next[message] = none;
    if (this.first < 0) this.first = message;
    else messages.next[this.last] = message;
    this.last = message;
    this.waiting++;
  }

  /** The connection has ended: what waited is taken out, and only an alarm keeps the next one waiting. */
  *reset(): Iterable<number> {
    for (const reason of this.closedBy) if (reason !== "alarm") this.closedBy.delete(reason);
    while (this.first >= 0) yield this.take();
  }

  private take(): number {
    const message = this.first;
    this.first = this.copies.messages.next[message]!;
    this.waiting--;
    return message;
  }
}
