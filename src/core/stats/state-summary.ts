/** A message counts once for each window that it is in, or would have been in. */
export interface WindowSummary {
  /** Windows that have closed, each sent on. */
  readonly closed: number;
  /** Messages in them. */
  readonly messages: number;
  /** Messages that came after their window had closed. */
  readonly late: number;
  /** Messages without a key, where each key has its windows. */
  readonly keyless: number;
  /** Messages that were in windows which went with their instance, or which it lost with a partition. Of the whole run. */
  readonly lost: number;
  /** Messages in windows that were open at the end. */
  readonly open: number;
}

/** Each message of the two sources counts once, but for `pairs`. */
export interface JoinSummary {
  readonly pairs: number;
  /** Messages that have been in a pair. */
  readonly joined: number;
  /** Messages that were let go without a partner. */
  readonly expired: number;
  /** Messages without a partner that came when they would have been let go already. */
  readonly late: number;
  /** Messages without what they would be joined by. */
  readonly keyless: number;
  /** Messages that had no partner when their instance went, or lost their partition. Of the whole run. */
  readonly lost: number;
  /** Messages without a partner at the end. */
  readonly waiting: number;
}

/** Messages count as in the windows or the join. */
export interface ChangelogSummary {
  /** Changes of state that were sent, which are in `sends` as well. */
  readonly written: number;
  /** Tasks whose state was read back, and the records that this took. */
  readonly restores: number;
  readonly read: number;
  /** For how long tasks stood still for it: all of them together, and the longest, ms. */
  readonly time: number;
  readonly longest: number;
  /** Messages whose change went with an instance or an aborted transaction before it counted: they are read again. Of the whole run. */
  readonly undone: number;
  /** Messages that had left the state since its last commit, and are in it again. Of the whole run. */
  readonly reopened: number;
}
