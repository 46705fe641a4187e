import type { KafkaConsumerSettings } from "../model/topology.ts";
import type { LossRule } from "../stats/losses.ts";
import { Outcome } from "./batches.ts";
import type { ElectionRule } from "./replication/election.ts";

/** All that was ever confirmed to a producer that waits for the replicas in sync is there. */
const notWaitedFor = ["the producer did not wait for a copy there (acks)", "sender"] as const;

const elections: Readonly<Record<ElectionRule, readonly [says: string, setBy: LossRule["setBy"]]>> = {
  isr: notWaitedFor,
  preferred: notWaitedFor,
  elr: notWaitedFor,
  lastKnownLeader: ["nobody was in sync or eligible, and it had led last", "place"],
  unclean: ["it was not in sync (unclean.leader.election.enable)", "place"],
};

/** Why a record is cut off that its producer knows to be there. `leader`: number of the new one. */
export function cutOffBy(leader: number, rule: ElectionRule): LossRule {
  const [why, setBy] = elections[rule];
  return { says: `broker ${leader} became the leader without it: ${why}`, setBy };
}

/** Why a broker does not take a batch of a producer that waits for no answer. */
export function unheardBy(outcome: Outcome): LossRule {
  const why =
    outcome === Outcome.messageTooLarge
      ? "it was larger than max.message.bytes"
      : outcome === Outcome.networkException
        ? "it did not run, or could not be reached"
        : "it did not lead the partition any more";
  return {
    says: `${why}, and the producer waited for no answer (acks: 0)`,
    setBy: "sender",
  };
}

/** Why a group does not read a record again that nobody of it has finished. */
export function committedEarly({ commit }: KafkaConsumerSettings): LossRule {
  return { says: `its offset was committed before it was finished (commit: ${commit})`, setBy: "place" };
}

/** Why nobody reads a record again that its group has not committed. */
export const deletedInHand: LossRule = {
  says: "its topic had deleted it before the member that had it in hand was gone",
  setBy: "place",
};

/** Why a group does not read a record again that a member which leaves has failed on. */
export function failedAndCommitted({ commit }: KafkaConsumerSettings): LossRule {
  return {
    says: `its member failed on it as it left, and commits its offset all the same (commit: ${commit})`,
    setBy: "place",
  };
}

/** Why a group passes records that it has never read. */
export function outOfRange(reset: KafkaConsumerSettings["autoOffsetReset"]): LossRule {
  return {
    says: `its group's offset was out of range, and reading goes on beyond it (auto.offset.reset: ${reset})`,
    setBy: "place",
  };
}

const refusals: Readonly<Partial<Record<Outcome, string>>> = {
  [Outcome.notEnoughReplicas]: "too few replicas were in sync (min.insync.replicas)",
  [Outcome.messageTooLarge]: "it was too large for its topic (max.message.bytes)",
  [Outcome.invalidProducerEpoch]: "a newer producer has its transactional.id",
};

/** Why a producer gives a batch up. */
export function givenUpBy(outcome: Outcome): string {
  return (
    refusals[outcome] ??
    "nobody confirmed it in time, or as often as it may be tried (delivery.timeout.ms, retries)"
  );
}

/** Why a broker refuses a record by itself, of a batch that it takes. */
export const lacksKey = "its topic is compacted, and it had no key";

/** Why a producer gives up what is in its memory. */
export const givenUpByCrash = "its process crashed";

/** Why a producer does not take a record, by the limit that stands against it. */
export function notTaken(limit: string): string {
  return `${limit} stood against it`;
}

/** Why a group does not get a record, by what its topic had deleted it by. */
export function deletedUnread(rule: string): string {
  return `its topic had deleted it (${rule})`;
}

export const cleanedUnread = deletedUnread("cleanup.policy: compact");

/** Why a share group is done with a record that nobody has finished. */
export const archived = {
  rejected: "a member rejected it",
  delivery_limit: "it had been delivered as often as group.share.delivery.count.limit allows",
} as const;

/** Why a share group is done with a record that its member has failed on, without hearing of that. */
export const acceptedUnfinished: LossRule = {
  says: "the next poll() accepts what failed, too (share.acknowledgement.mode: implicit)",
  setBy: "place",
};
