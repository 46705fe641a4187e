interface OccurrenceForm {
  /** One sentence; `where` names the place, `detail` is the kind's number, `rule` the setting behind it. */
  readonly sentence: (where: string, detail: number, rule: string) => string;
  /** It happens to single messages: of each place and rule only the first few are kept, all are counted. */
  readonly perMessage?: true;
}

const electionRules: Readonly<Record<string, string>> = {
  isr: "it was in sync",
  elr: "nobody was in sync; it was an eligible leader replica",
  lastKnownLeader: "nobody was in sync or eligible; it led last",
  unclean: "unclean.leader.election.enable: it was not in sync",
  preferred: "auto.leader.rebalance.enable: it is the preferred replica",
};

/**
 * What may happen in a run beside the messages' own ways, under the names that the brokers use. A model that has more to
 * tell adds its kinds here. Parts of a sentence that repeat what the reader sees (time, place) are left out.
 */
export const occurrenceKinds = {
  crashed: { sentence: (where) => `${where} crashed` },
  started: { sentence: (where) => `${where} started` },
  stopped: { sentence: (where) => `${where} stopped` },
  restarted: { sentence: (where) => `${where} was restarted` },
  slowed: {
    sentence: (where, factor) =>
      factor === 1
        ? `${where} is back at its usual pace`
        : `${where} takes ${factor} times as long from now on`,
  },
  rateChanged: {
    sentence: (where, factor) =>
      factor === 1
        ? `${where} is back at its rate`
        : `${where} sends at ${factor} times its rate from now on`,
  },
  scaled: {
    sentence: (where, instances) =>
      `${where} has ${instances} instance${instances === 1 ? "" : "s"} from now on`,
  },
  rebalanceStarted: { sentence: (where, _, reason) => `${where} rebalances: ${reason}` },
  rebalanceEnded: { sentence: (where, generation) => `${where} is in generation ${generation}` },
  coordinatorElected: { sentence: (where, broker) => `broker ${broker} coordinates ${where} from now on` },
  evicted: { sentence: (where, _, reason) => `${where} was removed from its group: ${reason}` },
  // The rule `timeline: broker 1, consumer c` names from whom, where that is not everybody.
  isolated: { sentence: (where, _, rule) => `${where} was cut off from ${rule.slice(10) || "the network"}` },
  reconnected: { sentence: (where) => `${where} is no longer cut off` },
  connectionClosed: {
    sentence: (where, unacked) =>
      unacked === 0
        ? `${where} lost a consumer's channel`
        : `${where} took back ${messages(unacked)} when a consumer's channel closed`,
  },
  channelTimedOut: {
    sentence: (where, seconds, rule) =>
      `the broker closed the channel of ${where} with PRECONDITION_FAILED: a delivery was not acknowledged for more than ${seconds} s (${rule})`,
  },
  consumerTimedOut: {
    sentence: (where, seconds, rule) =>
      `the queue cancelled ${where}: a delivery was not acknowledged for ${seconds} s (${rule})`,
  },
  purged: { sentence: (where, ready) => `${where} was purged of ${messages(ready)}` },
  requeued: { sentence: (where) => `${where} took a message back, to be delivered again`, perMessage: true },
  retryDelayed: {
    sentence: (where, _, rule) => `${where} keeps a returned message for a while (${rule})`,
    perMessage: true,
  },
  deadLettered: {
    sentence: (where, _, rule) => `${where} sent a message to its dead-letter exchange (${rule})`,
    perMessage: true,
  },
  dropped: { sentence: (where, _, rule) => `${where} dropped a message (${rule})`, perMessage: true },
  expired: {
    sentence: (where, _, rule) => `a message outlived its time in ${where} (${rule})`,
    perMessage: true,
  },
  publishRefused: {
    sentence: (where, _, rule) => `${where} was full and refused a message (${rule})`,
    perMessage: true,
  },
  consumerRefused: { sentence: (where, _, rule) => `${where} may not consume (${rule})` },
  publishTurnedAway: {
    sentence: (where) => `${where} did not run and refused a message`,
    perMessage: true,
  },
  queueNotFound: {
    sentence: (where) =>
      `${where} was unknown on another node, since its own was down: a message led nowhere`,
    perMessage: true,
  },
  leaderlessLost: {
    sentence: (where) => `${where} lost a message that the broker had passed on, since it had no leader`,
    perMessage: true,
  },
  queueCrashed: {
    sentence: (where, _, rule) =>
      `${where} crashed and was started again: a message came while the successor of its single active consumer waited for the backlog (${rule}, before RabbitMQ 4.0)`,
  },
  queueUnavailable: { sentence: (where, _, rule) => `${where} is unavailable: ${rule}` },
  queueAvailable: { sentence: (where, node) => `${where} is available again, led by node ${node}` },
  replicaAdded: {
    sentence: (where, node, rule) => `${where} gets another replica, on node ${node} (${rule})`,
  },
  messagesLost: {
    sentence: (where, count, rule) => `${where} lost ${messages(count)} that had been accepted (${rule})`,
  },
  nodePaused: {
    sentence: (where, seen, rule) =>
      `${where} paused: seeing ${seen === 0 ? "no other node" : seen === 1 ? "1 other node" : `${seen} other nodes`}, it is of no majority (${rule}), so that it has no clients and its queues stand still`,
  },
  nodeResumed: { sentence: (where, _, rule) => `${where} runs again (${rule})` },
  nodeLost: {
    sentence: (where, winner, rule) =>
      `${where} restarts, since node ${winner} is of the side that stays as it is (${rule})`,
  },
  connectionLost: { sentence: (where, node) => `${where} lost its connection to node ${node}` },
  heartbeatsMissed: {
    sentence: (where, node, rule) =>
      `node ${node} heard nothing from ${where} for too long and closed its connection (${rule})`,
  },
  connectionRecovered: { sentence: (where, node) => `${where} is connected again, to node ${node}` },
  queueDeleted: { sentence: (where, _, rule) => `${where} was deleted (${rule})` },
  brokerFenced: { sentence: (where, _, rule) => `the controllers fenced ${where} (${rule})` },
  brokerUnfenced: { sentence: (where) => `the controllers let ${where} lead again` },
  controllerElected: { sentence: (where) => `${where} became the active controller` },
  leaderElected: {
    sentence: (where, broker, rule) =>
      `broker ${broker} became the leader of ${where} (${electionRules[rule] ?? rule})`,
  },
  leaderResigned: { sentence: (where) => `${where} has no leader` },
  recordsCut: {
    sentence: (where, records) =>
      `${where} lost ${records} confirmed record${records === 1 ? "" : "s"} that its new leader did not have`,
  },
  isrShrank: {
    sentence: (where, broker, rule) => `broker ${broker} left the in-sync replicas of ${where} (${rule})`,
  },
  readsFromFollower: {
    sentence: (where, broker, group) =>
      `${where} is read from broker ${broker} by group ${group}, a follower in the rack of its reader (client.rack)`,
  },
  readsFromLeader: {
    sentence: (where, broker, group) =>
      `${where} is read from its leader again, broker ${broker}, by group ${group}: it names no follower to its reader (client.rack)`,
  },
  isrExpanded: { sentence: (where, broker) => `broker ${broker} joined the in-sync replicas of ${where}` },
  alarmRaised: { sentence: (where, _, resource) => `${where} raised its ${resource} alarm` },
  segmentsDeleted: {
    sentence: (where, segments, rule) =>
      `${where} deleted ${segments === 1 ? "a segment" : `${segments} segments`} by ${rule}`,
  },
  segmentsTiered: {
    sentence: (where, segments, rule) =>
      `${where} left ${segments === 1 ? "a segment" : `${segments} segments`} to remote storage by ${rule}`,
  },
  logCleaned: { sentence: (where, bytes, rule) => `the cleaner took ${bytes} bytes of ${where} by ${rule}` },
  recordsDeleted: { sentence: (where, offset) => `${where} starts at offset ${offset} from now on` },
  offsetReset: {
    sentence: (where, offset, rule) =>
      `${where}: a group's offset was out of range; by ${rule} it goes on at ${offset}`,
  },
  throttled: {
    sentence: (where, time, rule) =>
      `${where} was over its quota and waits ${Number(time.toPrecision(3))} ms (${rule})`,
    perMessage: true,
  },
  recordTooLarge: {
    sentence: (where, bytes, rule) => `a record of ${where} was refused: its ${bytes} bytes exceed ${rule}`,
    perMessage: true,
  },
  producerBlocked: {
    sentence: (where, _, rule) => `send() of ${where} blocks: its ${rule} is full`,
    perMessage: true,
  },
  sendTimedOut: {
    sentence: (where, _, rule) => `send() of ${where} found no memory within ${rule}: its record was refused`,
    perMessage: true,
  },
  queueFull: {
    sentence: (where, records, rule) =>
      `produce() of ${where} was refused a record: ${rule} is reached, with ${records} records waiting for their outcome`,
    perMessage: true,
  },
  recordsReleased: {
    sentence: (where, records, rule) =>
      `${where} has ${records} record${records === 1 ? "" : "s"} available again (${rule})`,
  },
  recordArchived: {
    sentence: (where, offset, rule) => `${where} archived the record at offset ${offset} (${rule})`,
    perMessage: true,
  },
  partitionsAdded: { sentence: (where, count) => `${where} has ${count} partitions from now on` },
  partitionsFound: {
    sentence: (where, count, keys) =>
      `${where} knows all ${count} partitions from now on${keys === "" ? "" : ": some keys go to others than before, and what was sent of them keeps no order with what follows"}`,
  },
  recordsPassedOver: {
    sentence: (where, records, group) =>
      `${where} held ${records === 1 ? "a record" : `${records} records`} already when group ${group} found it, which begins at its end (auto.offset.reset: latest)`,
  },
  replayed: {
    sentence: (where, offset) => `${where} is read on from offset ${offset}, as the timeline says`,
  },
  noOffset: {
    sentence: (where, _, rule) => `a member found no offset to read ${where} from (${rule}) and left`,
  },
  offsetsExpired: {
    sentence: (where, count, rule) =>
      `${where} had no members for so long that the offsets of ${count === 1 ? "a partition" : `${count} partitions`} are forgotten (${rule}): members begin by auto.offset.reset`,
  },
  commitTimedOut: {
    sentence: (where, _, rule) =>
      `commitSync() of ${where} had no answer for ${rule} and threw; here its application goes on`,
  },
  joinRefused: {
    sentence: (where, _, rule) =>
      `the group's coordinator does not let ${where} join (${rule}): its poll() throws, and it leaves`,
  },
  shareSessionRefused: {
    sentence: (where, broker) =>
      `broker ${broker} keeps no more share sessions (group.share.max.share.sessions): ${where} gets no records from it, and asks again`,
  },
  transactionAborted: { sentence: (where, _, rule) => `a transaction of ${where} was aborted (${rule})` },
  producerFenced: {
    sentence: (where, epoch, rule) => `the producer of ${where} was fenced at epoch ${epoch} (${rule})`,
  },
  producerFailed: {
    sentence: (where, _, rule) =>
      `the producer of ${where} gave up what it had sent and failed for good (${rule}): all that waited in it was given up, and its application opened another one`,
  },
  producerEpochBumped: {
    sentence: (where, records, rule) =>
      `a partition refused ${records === 1 ? "a record" : `${records} records`} of ${where}, since it lacks others before (${rule}): its producer goes on with a new epoch`,
    perMessage: true,
  },
  connectionBlocked: {
    sentence: (where, _, rule) => `${where} is blocked: the broker reads nothing from its socket (${rule})`,
  },
  flowControlled: {
    sentence: (where, _, rule) => `${where} was held back: a queue takes less than it sends (${rule})`,
    perMessage: true,
  },
  tooLate: {
    sentence: (where, late, rule) =>
      `a message came ${Number(late.toPrecision(3))} ms too late for ${where} (${rule})`,
    perMessage: true,
  },
  unpaired: {
    sentence: (where, _, rule) => `${where} let a message go that had found no partner (${rule})`,
    perMessage: true,
  },
  keyless: {
    sentence: (where, _, rule) => `${where} dropped a message without a key (${rule})`,
    perMessage: true,
  },
  stateLost: {
    sentence: (where, count, rule) =>
      `${where} lost ${messages(count)} that it had gathered in memory (${rule})`,
  },
  stateRestored: {
    sentence: (where, millis, reason) =>
      `${where} read the state of a task back from its changelog in ${Number(millis.toPrecision(3))} ms (${reason})`,
  },
  alarmCleared: { sentence: (where, _, resource) => `${where} cleared its ${resource} alarm` },
} as const satisfies Readonly<Record<string, OccurrenceForm>>;

function messages(count: number): string {
  return count === 1 ? "1 message" : `${count} messages`;
}

export type OccurrenceKind = keyof typeof occurrenceKinds;

export function formOf(kind: OccurrenceKind): OccurrenceForm {
  return occurrenceKinds[kind];
}
