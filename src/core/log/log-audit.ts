import { assert } from "../sim/invariant.ts";
import type { Batches } from "./batches.ts";
import { unappendedOf } from "./log-report.ts";
import type { LogModel } from "./log-model.ts";
import type { Member } from "./member.ts";
import type { ProducerClient } from "./producer-client.ts";

/**
 * Recounts every record from the structures that hold it: those in clients, batches and requests, and for each group
 * those finished, skipped, lost, in work, polled and not yet read, which must add up to what was appended.
 */
export function auditLog(model: LogModel): void {
  let unappended = 0;
  for (const client of model.clients) {
    auditClient(client, model.context.batches);
    unappended += unappendedOf(client);
  }
  assert(unappended <= model.context.messages.live, "each record that no log has yet is a live message");
  let inThreads = 0;
  // The list has no entries for sources that send to the other broker.
  model.outlets.forEach(({ inThread }) => (inThreads += inThread));
  for (const { inThread } of model.clients) inThreads -= inThread;
  assert(inThreads === 0, "clients and the flows that use them count the same records");
  for (const member of model.members) auditMember(member);
  for (const { partitions } of model.groups.values())
    for (const of of partitions)
      assert(
        model.members.filter(({ ownership }) => ownership.partitions.includes(of)).length ===
          (of.owner === undefined ? 0 : 1),
        "a partition has one owner in a group, or none",
      );
  auditShares(model);
  for (const group of model.everyGroup) {
    for (const { needed, oldest, headSentAt } of group.partitions)
      assert(needed === Infinity || oldest === headSentAt, "a partition knows its oldest unread record");
    const least = Math.min(...group.partitions.map(({ oldest }) => oldest));
    assert(group.oldest.least === least, "a group knows the oldest of all");
  }
  for (const { groups, readers } of [...model.topics.values()].flatMap(({ partitions }) => partitions))
    assert(
      readers === groups.filter(({ needed }) => needed < Infinity).length,
      "a partition knows its readers",
    );
}

/** Recounts what share groups have in flight, from their columns and from the hands of their members. */
function auditShares({ shareGroups }: LogModel): void {
  for (const { partitions, members, lag } of shareGroups.values()) {
    let behind = 0;
    for (const of of partitions) {
      const recounted = of.records.recount();
      assert(
        recounted.available === of.records.available && recounted.settled === of.records.settled,
        "a share partition knows its records' states",
      );
      assert(recounted.behind === of.records.lag.level, "a share partition knows how far it is behind");
      behind += recounted.behind;
      const held = members.reduce((sum, member) => sum + (member.gone ? 0 : member.countOf(of)), 0);
      assert(recounted.hands === held, "each record in hand is in the hands of a member");
      assert(
        of.needed === Infinity || of.records.startOffset >= of.partition.log.kept,
        "no record in flight is forgotten",
      );
    }
    assert(behind === lag.level, "a share group is as far behind as its partitions");
  }
}

/** Recounts the batches that wait: no accumulator holds fewer records than they do. */
function auditClient({ inThread, accumulators }: ProducerClient, batches: Batches): void {
  assert(inThread >= 0, "the client's thread holds no fewer than no records");
  for (const accumulator of accumulators) {
    let waiting = 0;
    let count = 0;
    for (let batch = accumulator.first; batch >= 0; batch = batches.next[batch]!) {
      if (batches.placed[batch]! < 0) waiting += batches.count[batch]!;
      count++;
    }
    assert(count === accumulator.batches, "an accumulator knows how many batches wait");
    assert(waiting <= accumulator.held, "each record of a waiting batch is one that no log has");
  }
}

function auditMember(member: Member): void {
  assert(member.handlers.busy <= member.setup.concurrency, "no more records are in work than handlers exist");
  for (const of of member.ownership.partitions) {
    assert(of.owner === member && !member.gone, "who reads a partition is its owner, and alive");
    const { highWatermark, logEnd, kept } = of.partition.log;
    assert(
      (of.cut !== 0 || of.start <= of.committed) &&
        (of.rewound || of.committed <= of.position) &&
        of.position <= of.fetched &&
        of.fetched <= of.arriving &&
        of.arriving <= highWatermark &&
        highWatermark <= logEnd,
      "offsets keep their order",
    );
    assert(of.passed <= of.expired + of.compacted, "a position passes only what it could not read");
    assert(of.needed === Infinity || kept <= of.needed, "no record is forgotten that can still be read");
    assert(
      of.held === member.slice.countOf(of) + member.handlers.countOf(of),
      "what poll() returned is in hand",
    );
    assert(
      of.finished + of.skipped + of.lost + of.givenUp.size + of.held + of.strays.size + of.passed ===
        of.position + of.cut - of.start + of.repeats.size,
      "each record that poll() returned has one state",
    );
  }
}
