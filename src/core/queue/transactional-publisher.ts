import { ChannelTransaction } from "./channel-transaction.ts";
import { Publisher } from "./publisher.ts";
import type { PublisherParts } from "./publisher-parts.ts";
import { settlementBytes, type QueueContext } from "./queue-context.ts";
import { ClientEvent } from "./queue-event.ts";

/** A publisher that commits every so many messages, and when its application ends, and waits for each commit's answer. */
export class TransactionalPublisher extends Publisher {
  private readonly source: number;
  private readonly size: number;
  /** Those of its channels, by the connection's number. */
  private readonly transactions = new Map<number, ChannelTransaction>();
  /** The application sends nothing more, unless it is started again. */
  private ended = false;

  constructor(context: QueueContext, of: PublisherParts) {
    super(context, of);
    this.source = of.source;
    this.size = of.flow.rabbitmq.transactionSize;
    this.begin();
  }

  override send(message: number): void {
    this.ended = false;
    super.send(message);
  }

  /** What the transaction has so far is committed. */
  ends(): void {
    this.ended = true;
    this.commitIfDue();
  }

  override goOut(message: number): void {
    this.current.wentOut();
    super.goOut(message);
    this.commitIfDue();
  }

  /** `tx.commit` is at the broker, behind the last message of the transaction. */
  commitArrived(connection: number): void {
    const { channelPerMessage } = this.context.costs;
    const kind = ClientEvent.commitParsed;
    if (!this.channel.delays(channelPerMessage, kind, this.source, connection)) this.commitParsed(connection);
  }

  commitParsed(connection: number): void {
    const transaction = this.transactions.get(connection);
    if (transaction === undefined) return;
    if (connection !== this.connection.number) this.transactions.delete(connection);
    const silent = this.connection.isSilent(connection);
    for (const message of transaction.take())
      if (silent) this.breakOff(message, connection);
      else this.route(message, connection);
  }

  /** The client has the answer to its commit. */
  committed(connection: number): void {
    if (connection !== this.connection.number) return;
    this.conclude(this.current);
    this.unblock();
  }

  /** What the channel holds is gone with it, unless the commit is in the socket behind it. */
  override renew(ended: number): void {
    super.renew(ended);
    const transaction = this.transactions.get(ended)!;
    const goesOn = transaction.committing && !this.connection.wasLost(ended);
    this.conclude(transaction);
    if (!goesOn) {
      this.transactions.delete(ended);
      for (const message of transaction.take()) this.breakOff(message, ended);
    }
    this.begin();
  }

  protected override get hasRoom(): boolean {
    return this.connection.open && this.current.hasRoom;
  }

  /** Who publishes in transactions waits for none of its messages alone. */
  protected override handOver(message: number): boolean {
    const { source, id } = this.copies.messages;
    const [from, number] = [source[message]!, id[message]!];
    this.current.begin();
    const again = super.handOver(message);
    if (!again) this.context.applications.settled(from, number, true);
    return again;
  }

  protected override atChannel(message: number, connection: number): void {
    const transaction = this.transactions.get(connection);
    if (transaction === undefined) this.breakOff(message, connection);
    else transaction.hold(message);
  }

  /** The answer to the commit is for all of them; who waits for replies hears that there will be none. */
  protected override confirmed(source: number, id: number, taken: boolean): void {
    if (this.asks && !taken) this.context.applications.settled(source, id, false);
  }

  /** A publish of a commit has its outcome. */
  protected override answer(publish: number, bytes: number): void {
    if (this.outlived(publish)) {
      this.answered(publish);
      return;
    }
    const { current } = this;
    const { number, down } = this.connection;
    current.returnedBytes += bytes - settlementBytes;
    if (!current.decide(publish)) return;
    const answer = current.returnedBytes + settlementBytes;
    if (!down.delays(answer, ClientEvent.committed, this.source, number)) this.committed(number);
  }

  private get current(): ChannelTransaction {
    return this.transactions.get(this.connection.number)!;
  }

  private begin(): void {
    this.transactions.set(this.connection.number, new ChannelTransaction(this.size));
  }

  private commitIfDue(): void {
    const { number, up } = this.connection;
    if (!this.current.commits(this.ended && !this.hasBlocked)) return;
    if (!up.delays(settlementBytes, ClientEvent.commitArrives, this.source, number))
      this.commitArrived(number);
  }

  private conclude(transaction: ChannelTransaction): void {
    for (const publish of transaction.end(this.context.publishes)) this.answered(publish);
  }
}
