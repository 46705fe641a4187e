import type { GroupPartition } from "../group-partition.ts";
import type { Replica } from "./replica.ts";
import type { ReplicaFetcher } from "./replica-fetcher.ts";

/**
 * A partition that a group reads at a follower: up to the high watermark that the follower knows, of which it hears by its
 * leader's answers. (KIP-392)
 */
export class FollowerRead {
  readonly replica: Replica;
  /** Until when the client does not ask the leader again whom to read from, ns. */
  readonly until: number;
  /** Batches that may be read there. */
  readableBatches: number;
  /** The high watermark has passed what the leader told last. */
  behind: boolean;
  private lacking = false;
  private readonly of: GroupPartition;
  private readonly leader: Replica | undefined;
  private readonly fetcher: ReplicaFetcher;
  /** What may be read by the leader's last answer, on its way or there. */
  private told: number;

  constructor(of: GroupPartition, replica: Replica, fetcher: ReplicaFetcher, until: number) {
    this.of = of;
    this.replica = replica;
    this.leader = replica.set.leader;
    this.fetcher = fetcher;
    this.until = until;
    this.told = this.readableBatches = Math.min(fetcher.knownOf(replica), of.view.readableBatches);
    this.behind = this.told < of.view.readableBatches;
    fetcher.reads.push(this);
    fetcher.tellsLater();
  }

  /** Else fetches there fail: another leads than the one that named the follower, or what they ask for is deleted. */
  get valid(): boolean {
    return !this.lacking && this.leader === this.replica.set.leader;
  }

  /** OFFSET_OUT_OF_RANGE, on its way: the client turns to the leader, and hears the same there. */
  outOfRange(): void {
    const { of } = this;
    this.lacking = true;
    of.session?.drop(of);
    of.owner?.sessions.leaderMoved();
  }

  /** The leader has more to be read, which nobody here knows yet. */
  leaderAdvanced(): void {
    this.behind = true;
    this.fetcher.tellsLater();
  }

  /** The leader answers its follower. */
  tell(): void {
    if (!this.valid) return;
    const { of, replica } = this;
    this.told = of.view.readableBatches;
    replica.told = of.partition.log.readableBatches;
    this.behind = false;
  }

  /** The follower has appended what the answer brought. */
  learn(): void {
    const { of, replica, told } = this;
    if (of.followerRead !== this || !this.valid) return;
    replica.known = replica.told;
    const end = Math.min(told, replica.held);
    if (end <= this.readableBatches) return;
    const from = Math.max(this.readableBatches, of.batch);
    this.readableBatches = end;
    const { session } = of;
    if (session === undefined) return;
    for (let batch = from; batch < end; batch++) session.appended(of, of.partition.log.bytesOf(batch));
    session.wake();
  }

  end(): void {
    const { reads } = this.fetcher;
    reads.splice(reads.indexOf(this), 1);
    this.of.followerRead = undefined;
  }
}
