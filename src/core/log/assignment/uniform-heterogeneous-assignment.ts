import type { Assignment, PartitionCounts, Subscriber, TopicPartition } from "./assignment.ts";
import { LoadBalancer } from "./load-balancer.ts";

/** Rounds over all topics, after which an almost balanced assignment is good enough. */
const roundsMax = 16;

/** `uniform` where subscriptions differ: topics with most partitions for each subscriber first. */
export class UniformHeterogeneousAssignment {
  private readonly members: readonly Subscriber[];
  /** Owner of each partition by topic, as the place of the member; −1 without one. */
  private readonly owners = new Map<string, Int32Array>();
  private readonly subscribers = new Map<string, readonly number[]>();
  private readonly sizes: Int32Array;
  private readonly topics: readonly string[];

  /** Members by id; topics that do not exist are left out of their subscriptions. */
  constructor(members: readonly Subscriber[], counts: PartitionCounts) {
    this.members = members;
    this.sizes = new Int32Array(members.length);
    for (const [topic, count] of counts) {
      const subscribers = [...members.keys()].filter((member) => members[member]!.topics.includes(topic));
      if (subscribers.length === 0) continue;
      this.subscribers.set(topic, subscribers);
      this.owners.set(topic, new Int32Array(count).fill(-1));
    }
    this.topics = [...this.owners.keys()].sort((a, b) => this.compareTopics(a, b));
    this.keepOwned();
    this.assignRest();
    this.balance();
  }

  get assigned(): Assignment {
    const assigned = new Map<string, TopicPartition[]>(this.members.map(({ id }) => [id, []]));
    for (const [topic, owners] of this.owners)
      for (const [partition, member] of owners.entries())
        assigned.get(this.members[member]!.id)!.push({ topic, partition });
    return assigned;
  }

  /** Most partitions for each subscriber first, then fewest subscribers, then the earlier topic. */
  private compareTopics(a: string, b: string): number {
    const subscribersOfA = this.subscribers.get(a)!.length;
    const subscribersOfB = this.subscribers.get(b)!.length;
    return (
      this.owners.get(b)!.length / subscribersOfB - this.owners.get(a)!.length / subscribersOfA ||
      subscribersOfA - subscribersOfB
    );
  }

  private keepOwned(): void {
    for (const [place, { owned = [], topics }] of this.members.entries())
      for (const { topic, partition } of owned) {
        const owners = this.owners.get(topic);
        if (owners === undefined || partition >= owners.length || !topics.includes(topic)) continue;
        owners[partition] = place;
        this.sizes[place]!++;
      }
  }

  private assignRest(): void {
    for (const topic of this.topics) {
      const owners = this.owners.get(topic)!;
      const balancer = new LoadBalancer(this.sizes, this.subscribers.get(topic)!);
      for (const [partition, owner] of owners.entries())
        if (owner < 0) {
          const member = balancer.least();
          owners[partition] = member;
          this.sizes[member]!++;
        }
    }
  }

  /** Goes on round the topics until a whole round has moved nothing. */
  private balance(): void {
    const topics = this.topics.filter((topic) => this.subscribers.get(topic)!.length >= 2);
    let last: string | undefined;
    for (let round = 0; round < roundsMax; round++)
      for (const topic of topics) {
        if (topic === last) return;
        if (this.balanceTopic(topic) || last === undefined) last = topic;
      }
  }

  /** True when a partition moved: from the most to the least loaded subscriber, each owner's last one first. */
  private balanceTopic(topic: string): boolean {
    const owners = this.owners.get(topic)!;
    const balancer = new LoadBalancer(this.sizes, this.subscribers.get(topic)!);
    if (balancer.imbalance <= 1) return false;
    const held = new Map<number, number[]>();
    for (const [partition, owner] of owners.entries())
      held.set(owner, [...(held.get(owner) ?? []), partition]);
    let moved = false;
    for (;;) {
      let from = balancer.most();
      while (from !== undefined && (held.get(from)?.length ?? 0) === 0) {
        balancer.excludeMost();
        from = balancer.most();
      }
      if (from === undefined) return moved;
      const partition = held.get(from)!.pop()!;
      const to = balancer.least();
      if (balancer.balanced) return moved;
      owners[partition] = to;
      this.sizes[from]!--;
      this.sizes[to]!++;
      moved = true;
    }
  }
}
