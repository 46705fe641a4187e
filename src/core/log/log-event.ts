/** What happens in the log model; `a` and `b` of each event stand behind it. */
export const LogEvent = {
  /** A message leaves the client's thread: message. */
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
  /** A group's members start: group. */
  groupStarts: 13,
  /** Its members have their partitions: group. */
  groupAssigned: 14,
  /** Its members leave: group. */
  groupStops: 15,
  /** A record ends within a stretch of work: member, number of the stretch. */
  workedOn: 16,
  /** An answer is at the follower: fetcher. */
  replicaFetched: 32,
  /** Its next fetch is at the leader: fetcher. */
  replicaFetchArrives: 33,
  /** `replica.fetch.wait.max.ms` is over: fetcher, number of the wait. */
  replicaFetchWaited: 34,
  /** `log.retention.check.interval.ms` is over. */
  retentionCheck: 48,
  /** `log.cleaner.backoff.ms` is over. */
  cleanerWakes: 49,
} as const;
export type LogEvent = (typeof LogEvent)[keyof typeof LogEvent];
