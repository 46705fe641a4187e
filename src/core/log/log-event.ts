/** What happens in the log model; `a` and `b` of each event stand behind it. */
export const LogEvent = {
  /** A message leaves the client's thread: message, client. */
  clientDone: 0,
  /** `linger.ms` is over: accumulator, generation of the batch. */
  linger: 1,
  /** A produce request is at the broker: first batch. */
  produceArrives: 2,
  /** The broker has handled it: first batch. */
  produceDone: 3,
  /** Its answer is at the client: first batch. */
  produceAnswered: 4,
  /** A fetch is at the broker: session. */
  fetchArrives: 5,
  /** `fetch.max.wait.ms` is over: session, number of the wait. */
  fetchWaited: 6,
  /** Records are in the client's buffer: session. */
  fetchAnswered: 7,
  /** A handler ends: member, handler; or, where its work is drawn ahead, the number of the stretch. */
  handled: 8,
  /** Offsets are at the coordinator: member. */
  commitArrives: 9,
  /** The coordinator has written them: member. */
  commitDone: 10,
  /** Its answer is at the member: member. */
  commitAnswered: 11,
  /** `auto.commit.interval.ms` is over for a member that waits in `poll()`: member. */
  autoCommit: 12,
  /** An instance of a consumer starts: its place among all. */
  instanceStarts: 13,
  /** A step in the protocol of a group: member, step. */
  memberStep: 14,
  /** It stops, cleanly. */
  instanceStops: 15,
  /** A record ends within a stretch of work: member, number of the stretch. */
  workedOn: 16,
  /** An alarm of a group's coordinator: group, alarm. */
  groupAlarm: 17,
  /** `max.poll.interval.ms` after a poll: member. */
  pollTimesOut: 18,
  /** A handler has waited before its next attempt: member, handler. */
  retried: 19,
  /** A producer's thread has done all that came before a flush: client. */
  flushed: 20,
  /** A producer's request is at its transaction coordinator, and its answer back: transactional producer. */
  transactionArrives: 21,
  transactionAnswered: 22,
  /** A marker is at its leader: marker. */
  markerArrives: 23,
  /** The coordinator knows that all markers are written: transaction state. */
  transactionComplete: 24,
  /** Open transactions are looked at. */
  transactionTimeouts: 25,
  /** A producer has compressed what a request carries: first batch, client. */
  requestPacked: 26,
  /** Names without transactions are looked at. */
  transactionalIdsExpire: 27,
  /** A follower may have left the replicas in sync of coordinators' logs. */
  coordinatorsReviewed: 28,
  /** `default.api.timeout.ms` after a synchronous commit: member, number of the commit. */
  commitTimesOut: 29,
  /** A client that leaves no gaps has given up what it sent: client. */
  gapLeft: 30,
  /** An answer is at the follower: fetcher. */
  replicaFetched: 32,
  /** Its next fetch is at the leader: fetcher. */
  replicaFetchArrives: 33,
  /** `replica.fetch.wait.max.ms` is over: fetcher, number of the wait. */
  replicaFetchWaited: 34,
  /** A follower has appended what an answer brought, and knows the high watermark that came with it: fetcher. */
  highWatermarkLearned: 47,
  /** A change is in the controllers' log, and known: number of the change. */
  metadataCommitted: 35,
  /** A controller becomes active. */
  controllerElected: 36,
  /** A broker's heartbeats have stayed away: broker from 0, number of the silence. */
  brokerSessionEnds: 37,
  /** A controlled shutdown ends: broker from 0. */
  brokerStops: 38,
  /** A restart's pause is over: broker from 0. */
  brokerRestarts: 39,
  /** `delivery.timeout.ms` may be over for a client's batches: client. */
  deliveryTimeout: 46,
  /** A controller's restart is over: controller from 0. */
  controllerRestarts: 45,
  /** `leader.imbalance.check.interval.seconds` are over. */
  leaderImbalanceCheck: 40,
  /** Half of `replica.lag.time.max.ms` is over. */
  isrCheck: 41,
  /** A client knows the leaders: client's metadata. */
  metadataArrives: 42,
  /** A producer has backed off: accumulator. */
  retry: 43,
  /** `request.timeout.ms` may be over for what a connection carries: connection. */
  requestTimeout: 44,
  /** `log.retention.check.interval.ms` is over. */
  retentionCheck: 48,
  /** `log.cleaner.backoff.ms` is over. */
  cleanerWakes: 49,
  /** A producer's throttle time is over: connection. */
  unmuted: 50,
  /** Memory of a producer is free for what waits for it: client. */
  memoryFreed: 51,
  /** `max.block.ms` may be over for the record that waits first: client. */
  blockedTooLong: 52,
  /** A member asks for what its state's changelog has next: member. */
  restoreAsks: 53,
  /** That is at the broker: member, number of the task's restoration. */
  restoreArrives: 54,
  /** The answer is read: member, number of the task's restoration. */
  restoreAnswered: 55,
  /** A member asks leaders again whom to read from: member. */
  readLeaseEnds: 56,
  /** A ShareFetch is at the broker: share session. */
  shareFetchArrives: 64,
  /** `fetch.max.wait.ms` is over: share session, number of the wait. */
  shareFetchWaited: 65,
  /** Acquired records are in the client's buffer: share session. */
  shareFetchAnswered: 66,
  /** A ShareAcknowledge is at the broker: share session. */
  shareAcknowledgeArrives: 67,
  /** The share coordinator has written what became of records: share session. */
  shareWritten: 68,
  /** A share session's end is at the broker: share session. */
  shareSessionCloses: 69,
  /** Locks of acquired records may be over: share partition. */
  shareLocksEnd: 70,
  /** A handler of a share group's member ends: member, handler. */
  shareHandled: 71,
  /** A step of a member in its share group: member, step. */
  shareStep: 72,
  /** `max.poll.interval.ms` after a poll of a share group's member: member. */
  sharePollTimesOut: 73,
  /** A handler of a share group's member has waited before its next attempt: member, handler. */
  shareRetried: 74,
} as const;
export type LogEvent = (typeof LogEvent)[keyof typeof LogEvent];
