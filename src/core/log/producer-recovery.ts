import { Station } from "../stats/trace.ts";
import type { Accumulator } from "./accumulator.ts";
import { beginsEpoch, doneWith, unanswered } from "./batch-sequences.ts";
import { Outcome, RequestState } from "./batches.ts";
import { backoffOf, ClientMetadata, type MetadataUser } from "./client-metadata.ts";
import type { Connection } from "./connection.ts";
import type { LogContext } from "./log-context.ts";
import { givenUpBy, givenUpByCrash } from "./loss-rules.ts";
import { LogEvent } from "./log-event.ts";
import type { ProducerClient } from "./producer-client.ts";
import { splitBatch } from "./split-batch.ts";

/** What a producer client does when a request fails: it backs off, looks for the leader, tries again, gives up. */
export class ProducerRecovery implements MetadataUser {
  private readonly context: LogContext;
  private readonly client: ProducerClient;
  private readonly metadata: ClientMetadata;
  private readonly streamName: string;
  private failing = false;

  constructor(context: LogContext, client: ProducerClient, streamName: string) {
    this.context = context;
    this.client = client;
    this.streamName = `${streamName} retries`;
    this.metadata = new ClientMetadata(context, this, client.settings, `${streamName} metadata`);
  }

  /** What is tried again takes its old place: an idempotent client's, and librdkafka's in any case. (rd_kafka_msgq_insert_msgq) */
  private get ordered(): boolean {
    const { idempotence, librdkafka } = this.client.settings;
    return idempotence || librdkafka !== undefined;
  }

  /** An answer with errors: each failed batch is tried again. */
  answered(first: number): void {
    const { batches } = this.context;
    let accepted = -1;
    const failed: number[] = [];
    for (let batch = first; batch >= 0;) {
      const next = batches.next[batch]!;
      if (batches.outcome[batch] === Outcome.ok) {
        batches.next[batch] = accepted;
        accepted = batch;
      } else failed.push(batch);
      batch = next;
    }
    if (accepted >= 0) this.client.settle(accepted);
    for (const batch of failed) this.failed(batch);
  }

  /** The client has crashed: what waits in it is gone. */
  abandonWaiting(): void {
    const { batches } = this.context;
    for (const accumulator of this.client.accumulators)
      for (let { first } = accumulator; first >= 0; { first } = accumulator) {
        this.client.takeOut(accumulator);
        batches.outcome[first] = Outcome.networkException;
        this.giveUp(first);
      }
  }

  /** An answer that nobody is there to hear. */
  abandon(first: number): void {
    const { batches } = this.context;
    for (let batch = first; batch >= 0;) {
      const next = batches.next[batch]!;
      this.giveUp(batch);
      batch = next;
    }
  }

  /** The broker's process is gone: what it has not answered by now is tried again. */
  disconnected(connection: Connection): void {
    connection.cut = true;
    connection.up = false;
    this.lose(connection, Outcome.networkException, false);
    this.metadata.request();
  }

  /** What a connection carries is tried again; answers on their way still come, unless the client has closed it. */
  private lose(connection: Connection, outcome: Outcome, closed: boolean): void {
    const { batches } = this.context;
    const comes = (first: number) => !closed && batches.state[first] === RequestState.answered;
    const lost = connection.requests.filter((first) => !comes(first));
    if (lost.length === 0) return;
    const kept = connection.requests.filter(comes);
    connection.requests.splice(0, connection.requests.length, ...kept);
    for (const first of lost) this.loseRequest(first, connection, outcome);
  }

  /** The network may have been cut, or mended. */
  reviewNetwork(connection: Connection): void {
    const { cluster } = this.context;
    const { broker } = connection;
    const cut = !broker.alive || !cluster.network.reaches(this.client, broker);
    if (cut === connection.cut) return;
    connection.cut = cut;
    if (!cut) {
      this.context.requests.resume(connection);
      this.metadata.request();
    }
  }

  /** The answer says for how long the broker will read nothing: the client waits. (KIP-219) */
  mute(connection: Connection): void {
    const { kernel } = this.context;
    if (connection.mutedUntil <= kernel.now || !connection.up) return;
    connection.muted = true;
    connection.up = false;
    this.context.timer(connection.mutedUntil, LogEvent.unmuted, connection.number, 0);
  }

  unmute(connection: Connection): void {
    const { kernel } = this.context;
    if (connection.mutedUntil > kernel.now) {
      this.context.timer(connection.mutedUntil, LogEvent.unmuted, connection.number, 0);
      return;
    }
    connection.muted = false;
    if (this.client.dead || connection.cut) return;
    connection.up = true;
    this.client.drain(connection);
  }

  /** Looks after the connection's oldest request, which was sent then. */
  guard(connection: Connection, sentAt: number): void {
    connection.guarded = true;
    const { requestTimeout } = this.client.settings;
    this.context.background(sentAt + requestTimeout, LogEvent.requestTimeout, connection.number);
  }

  /** A request without an answer for `request.timeout.ms` ends its connection. (NetworkClient) */
  timedOut(connection: Connection): void {
    connection.guarded = false;
    const { batches, kernel } = this.context;
    const [oldest] = connection.requests;
    if (oldest === undefined) return;
    const sentAt = batches.sentAt[oldest]!;
    if (sentAt + this.client.settings.requestTimeout > kernel.now) {
      this.guard(connection, sentAt);
      return;
    }
    connection.up = false;
    connection.heldAnswers.length = 0;
    this.lose(connection, Outcome.requestTimedOut, true);
    this.metadata.request();
    this.client.flushing.review();
  }

  refreshed(): boolean {
    let lacking = false;
    this.context.outlets.forEach((outlet) => outlet.client === this.client && outlet.refreshed());
    for (const connection of this.client.allConnections())
      if (!connection.up && !connection.cut && !connection.muted) {
        connection.up = true;
        this.client.drain(connection);
      }
    for (const accumulator of this.client.accumulators) {
      const leader = accumulator.partition.leader;
      if (leader !== undefined && leader !== accumulator.connection.broker)
        this.client.moveTo(accumulator, leader);
      if (accumulator.batches > 0 && (leader === undefined || !usable(accumulator.connection)))
        lacking = true;
    }
    return lacking;
  }

  /** A batch waits for a broker that cannot be reached. */
  unreachable(): void {
    this.metadata.request();
  }

  /** The client has backed off for long enough. */
  retry(accumulator: Accumulator): void {
    if (this.context.kernel.now < accumulator.backsOffUntil) return;
    accumulator.backsOff = false;
    this.client.becomesReady(accumulator);
  }

  /** An idempotent client sends a batch anew when all that were sent before it have their answers. */
  outOfTurn(accumulator: Accumulator): boolean {
    if (!this.client.settings.idempotence) return false;
    const { sequence } = this.context.batches;
    for (const batch of unanswered(this.context, accumulator))
      if (sequence[batch]! < sequence[accumulator.first]!) return true;
    return false;
  }

  private loseRequest(first: number, connection: Connection, outcome: Outcome): void {
    const { batches } = this.context;
    let batch = first;
    const held = connection.heldRequests.indexOf(first);
    if (held >= 0) connection.heldRequests.splice(held, 1);
    else if (batches.state[first] === RequestState.underWay || batches.state[first] === RequestState.answered)
      batch = batches.leaveMark(first);
    const waits = batches.state[first] === RequestState.waits;
    for (; batch >= 0;) {
      const next = batches.next[batch]!;
      if (waits) this.accumulatorOf(batch).partition.replicas?.forgo(batch);
      batches.outcome[batch] = outcome;
      this.failed(batch);
      batch = next;
    }
  }

  /** A batch came to nothing: it is the first again, unless it has been tried for too long. */
  private failed(batch: number): void {
    const { batches, kernel, world } = this.context;
    const { client } = this;
    const { settings } = client;
    const accumulator = this.accumulatorOf(batch);
    const attempts = ++batches.attempts[batch]!;
    if (batches.outcome[batch] === Outcome.messageTooLarge && !this.client.dead) {
      this.tooLarge(batch, accumulator);
      return;
    }
    if (
      client.dead ||
      batches.outcome[batch] === Outcome.invalidProducerEpoch ||
      attempts > settings.retries ||
      client.deliveryTimeout.isOver(batch)
    ) {
      this.giveUp(batch);
      return;
    }
    const outcome = batches.outcome[batch]!;
    if (outcome === Outcome.outOfOrderSequence && beginsEpoch(this.context, batch))
      world.occurrences
        .tally("producerEpochBumped", client.place, "OUT_OF_ORDER_SEQUENCE_NUMBER")
        .happened(kernel.now, batches.count[batch]);
    const wasEmpty = accumulator.batches === 0;
    accumulator.putBack(batches, batch, this.ordered);
    client.deliveryTimeout.watch(batch);
    if (wasEmpty) accumulator.connection.enter(accumulator);
    const leader = accumulator.partition.leader;
    if (
      outcome === Outcome.notLeaderOrFollower &&
      leader !== undefined &&
      leader !== accumulator.connection.broker
    ) {
      // The answer names the new leader, and a batch goes there at once. (KIP-951)
      this.client.moveTo(accumulator, leader);
      return;
    }
    const stream = kernel.stream(this.streamName);
    this.backOff(accumulator, kernel.now + backoffOf(settings, attempts, stream));
    if (outcome !== Outcome.notEnoughReplicas && outcome !== Outcome.outOfOrderSequence)
      this.metadata.request();
  }

  /** A batch of one record cannot be made smaller; another one is tried again in parts. */
  private tooLarge(batch: number, accumulator: Accumulator): void {
    const { context, client } = this;
    const { batches, world, kernel } = context;
    if (batches.count[batch] === 1) {
      world.occurrences
        .tally("recordTooLarge", client.place, "max.message.bytes")
        .happened(kernel.now, batches.bytes[batch]);
      this.giveUp(batch);
      return;
    }
    const wasEmpty = accumulator.batches === 0;
    client.pool.give(batches.memory[batch]!, 0);
    accumulator.estimate?.tooLarge(client.compression!.rate);
    const parts = splitBatch(context, batch, (message, delta) => client.bytesOf(message, delta));
    for (const part of parts.reverse()) accumulator.putBack(batches, part, this.ordered);
    if (wasEmpty) accumulator.connection.enter(accumulator);
    client.becomesReady(accumulator);
  }

  private backOff(accumulator: Accumulator, until: number): void {
    accumulator.backsOff = true;
    accumulator.backsOffUntil = Math.max(accumulator.backsOffUntil, until);
    accumulator.connection.review(accumulator);
    this.context.timer(accumulator.backsOffUntil, LogEvent.retry, accumulator.number, 0);
  }

  /** The application is told that it failed: refused, where the broker said why and no retry was allowed. */
  giveUp(batch: number): void {
    const { batches, messages, applications, replication, world } = this.context;
    const accumulator = this.accumulatorOf(batch);
    const count = batches.count[batch]!;
    const placed = batches.placed[batch]! >= 0;
    const outcome = batches.outcome[batch]! as Outcome;
    const fenced = outcome === Outcome.invalidProducerEpoch;
    const refused = outcome === Outcome.notEnoughReplicas || outcome === Outcome.messageTooLarge;
    this.client.gaveUp(count, fenced || refused);
    this.client.pool.give(batches.memory[batch]!, count);
    if (!this.client.dead) this.client.transactions?.dooms(fenced);
    this.client.stamp(
      batch,
      Station.dropped,
      world.keys.idOf(this.client.dead ? givenUpByCrash : givenUpBy(outcome)),
    );
    if (!placed && batches.refused[batch] === 0) accumulator.held -= count;
    if (this.client.settings.librdkafka?.gapless === true && batches.sequence[batch]! >= 0) this.gap();
    doneWith(this.context, batch, true);
    for (let m = batches.head[batch]!; m >= 0;) {
      const next = messages.next[m]!;
      if (placed) replication.lost.gaveUp(messages.id[m]!);
      const source = messages.source[m]!;
      const id = messages.id[m]!;
      messages.release(m);
      if (!this.client.dead) applications.settled(source, id, false);
      m = next;
    }
    batches.release(batch);
  }

  /** `enable.gapless.guarantee`: the client fails for good with what was sent and given up, and so does all that waits in it. */
  private gap(): void {
    if (this.failing || this.client.dead) return;
    this.failing = true;
    this.context.timer(this.context.kernel.now, LogEvent.gapLeft, this.client.number, 0);
  }

  /** Its application opens the next one at once, in the place of this. */
  startAnew(): void {
    const { world, kernel } = this.context;
    world.occurrences.add(kernel.now, "producerFailed", this.client.place, 0, "enable.gapless.guarantee");
    this.abandonWaiting();
    this.failing = false;
    this.client.flushing.review();
  }

  private accumulatorOf(batch: number): Accumulator {
    return this.context.accumulators[this.context.batches.accumulator[batch]!]!;
  }
}

/** A muted connection is one that its client only waits for. */
function usable({ up, muted }: Connection): boolean {
  return up || muted;
}
