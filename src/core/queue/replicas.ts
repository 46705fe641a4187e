import { CopyRing } from "./copy-ring.ts";
import type { BrokerNode } from "./cluster.ts";
import { settlementBytes, type QueueContext } from "./queue-context.ts";
import { QueueEvent } from "./queue-event.ts";
import { LimitReached } from "../sim/limit.ts";
import type { RandomStream } from "../sim/random.ts";
import type { MovedBytes } from "../stats/moved-bytes.ts";

const ms = 1e6;
/** Ra's broadcast time: what its election timeouts are multiples of. */
const broadcastTime = 100;
const electionMultiple = 5;
const memberBits = 16;
const epochBits = 23;
const epochs = 256;
/** An event holds the number of its replica in the bits between. */
export const replicasMax = 1 << (epochBits - memberBits);

/** The queue that an event about a replica is for. */
export function queueOf(about: number): number {
  return about & ((1 << memberBits) - 1);
}

/** What the replicas do to their queue. */
export interface Replicated {
  readonly number: number;
  readonly name: string;
  readonly network: MovedBytes;
  /** The message is on a majority of the replicas. */
  admit(copy: number): void;
  /** Nothing can be decided: there is no leader, or no majority behind it. */
  stall(): void;
  revive(): void;
  /** Another replica leads from now on. */
  moveTo(node: BrokerNode): void;
  /** What was sent to the one before. */
  followed(): void;
  /** A message that the new leader does not have. */
  missed(copy: number): void;
}

interface Member {
  readonly node: BrokerNode;
  /** Messages of older epochs that are still under way mean nothing any more. */
  epoch: number;
  /** The last entry that has arrived, the last one on its disk, and the last one that the leader knows to be there. */
  arrived: number;
  held: number;
  acked: number;
  /** It and the leader do not hear each other. */
  apart: boolean;
  /** Added later, it votes and counts when it has the entry of this index; −1 for one that does. */
  joinsAt: number;
}

/**
 * The replicas of a quorum queue or a stream: one leads and sends each entry to the others, and an entry counts when a
 * majority has it on disk. When the leader is lost, one of those with the longest log takes its place after an election
 * timeout. (Raft; timeouts of Ra, which RabbitMQ uses)
 */
export class Replicas {
  elections = 0;
  private readonly context: QueueContext;
  private readonly queue: Replicated;
  private members: readonly Member[];
  private voters: readonly Member[];
  private majority: number;
  private readonly draws: RandomStream;
  private leader: Member | undefined = undefined;
  private term = 0;
  /** The last entry that the leader has begun to write, and the last one that a majority has. */
  private last = 0;
  private committed = 0;
  /** Bytes of all entries. */
  private bytes = 0;
  /** The copies of the entries that are not committed. */
  private readonly pending = new CopyRing();

  /** The first of the nodes leads. */
  constructor(context: QueueContext, queue: Replicated, nodes: readonly BrokerNode[]) {
    this.context = context;
    this.queue = queue;
    if (nodes.length > replicasMax)
      throw new LimitReached(
        "replicas",
        `A queue can have ${replicasMax} replicas, and ${queue.name} has ${nodes.length}; give it fewer.`,
      );
    this.members = this.voters = nodes.map((node) => memberOn(node, 0, -1));
    this.majority = majorityOf(this.voters);
    this.draws = context.world.kernel.stream(`replicas of ${queue.name}`);
    this.leader = this.members[0];
  }

  get nodes(): readonly BrokerNode[] {
    return this.members.map(({ node }) => node);
  }

  get isLed(): boolean {
    return this.leader !== undefined;
  }

  isLedBy(node: BrokerNode): boolean {
    return this.leader?.node === node;
  }

  /**
   * The leader gets another replica, which counts for no majority before it has what there is now. `held`: messages in the
   * queue, of all that it has had what a snapshot brings. (Promotable members of Ra)
   */
  grow(node: BrokerNode, held: number): void {
    const lacks = Math.min(this.last, held + this.pending.length);
    const member = memberOn(node, this.last - lacks, this.last);
    member.apart = this.areApart(this.leader!, member);
    this.members = [...this.members, member];
    if (this.reaches(member)) this.catchUp(this.members.length - 1);
    this.review();
  }

  /** The leader takes an entry. */
  append(copy: number, bytes: number): void {
    const { members, context } = this;
    const leader = this.leader!;
    const index = ++this.last;
    this.bytes += bytes;
    this.pending.push(copy);
    for (let number = 0; number < members.length; number++) {
      const member = members[number]!;
      if (member === leader) this.persist(number, index, bytes);
      else if (this.reaches(member)) {
        const told = this.about(number);
        this.queue.network.add(context.world.kernel.now, bytes);
        if (!context.cluster.delays(leader.node, member.node, bytes, QueueEvent.replicated, told, bytes))
          this.arrived(told, bytes);
      }
    }
  }

  /** An entry is at a replica. */
  arrived(about: number, bytes: number): void {
    const number = this.memberOf(about);
    if (number >= 0) this.persist(number, ++this.members[number]!.arrived, bytes);
  }

  /** All that a replica lacked is there, up to this entry. */
  caughtUp(about: number, index: number): void {
    const number = this.memberOf(about);
    if (number < 0) return;
    const member = this.members[number]!;
    member.arrived = index;
    this.persist(number, index, this.bytesOf(index - member.held));
  }

  /** An entry is written at a replica, and has to be flushed. */
  written(about: number, index: number): void {
    const { costs, world, base } = this.context;
    if (costs.diskFlush === 0) this.flushed(about, index);
    else world.kernel.at(world.kernel.now + costs.diskFlush, base | QueueEvent.replicaFlushed, about, index);
  }

  flushed(about: number, index: number): void {
    const number = this.memberOf(about);
    if (number < 0) return;
    const member = this.members[number]!;
    member.held = Math.max(member.held, index);
    const { leader } = this;
    if (leader === undefined) return;
    const { cluster } = this.context;
    const kind = QueueEvent.replicaAcked;
    if (!cluster.delays(member.node, leader.node, settlementBytes, kind, about, index))
      this.acked(about, index);
  }

  /** The leader hears that a replica has everything up to an entry. */
  acked(about: number, index: number): void {
    const number = this.memberOf(about);
    if (number < 0 || this.leader === undefined) return;
    const member = this.members[number]!;
    if (index <= member.acked) return;
    this.hasUpTo(member, index);
    this.commit();
  }

  /** A node has gone: the others notice at once. */
  lost(node: BrokerNode): void {
    const member = this.members.find((one) => one.node === node);
    if (member === undefined) return;
    this.forget(member);
    if (member === this.leader) this.loseLeader(broadcastTime, electionMultiple);
    else this.review();
  }

  /** A node is back: its replica gets what it lacks. */
  joined(node: BrokerNode): void {
    const number = this.members.findIndex((one) => one.node === node);
    if (number < 0) return;
    const member = this.members[number]!;
    this.forget(member);
    if (this.leader !== undefined) {
      member.apart = this.areApart(this.leader, member);
      if (this.reaches(member)) this.catchUp(number);
    }
    this.review();
  }

  /** Some members hear each other no more, or do again: a leader that has lost its majority gives way to one that has it. */
  seeNetwork(): void {
    const { leader, members, majority } = this;
    if (leader !== undefined && this.heardBy(leader) < majority && members.some((one) => this.mayLead(one))) {
      this.loseLeader(broadcastTime, electionMultiple);
      return;
    }
    for (const [number, member] of members.entries()) {
      const apart = leader !== undefined && this.areApart(leader, member);
      if (apart === member.apart) continue;
      member.apart = apart;
      this.forget(member);
      if (leader !== undefined && this.reaches(member)) this.catchUp(number);
    }
    this.review();
  }

  /** The process that leads has died; its node has not. */
  loseProcess(): void {
    const { leader } = this;
    if (leader === undefined) return;
    this.forget(leader);
    this.loseLeader(0, 1);
  }

  /** The election timeout of a replica is over. */
  elect(term: number): void {
    if (term !== this.term || this.leader !== undefined) return;
    const able = this.members.filter((member) => this.mayLead(member));
    if (able.length === 0) return;
    const longest = Math.max(...able.map(({ held }) => held));
    const candidates = able.filter(({ held }) => held === longest);
    this.lead(candidates[this.draws.below(candidates.length)]!);
  }

  private lead(leader: Member): void {
    const { queue, members, pending } = this;
    this.leader = leader;
    leader.apart = false;
    this.elections++;
    const kept = pending.length - (this.last - leader.held);
    const missed = [...pending].slice(kept);
    pending.truncate(kept);
    this.last = leader.held;
    queue.moveTo(leader.node);
    // What is still on its way to it comes from whoever led before.
    this.forget(leader);
    leader.acked = leader.held;
    for (let number = 0; number < members.length; number++) {
      const member = members[number]!;
      if (member === leader) continue;
      member.held = Math.min(member.held, this.last);
      member.joinsAt = Math.min(member.joinsAt, this.last);
      member.apart = this.areApart(leader, member);
      this.forget(member);
      if (this.reaches(member)) this.catchUp(number);
    }
    this.commit();
    this.review();
    for (const copy of missed) queue.missed(copy);
    queue.followed();
  }

  private loseLeader(least: number, multiple: number): void {
    this.leader = undefined;
    this.term++;
    this.queue.stall();
    this.callElection(least, multiple);
  }

  /** Each replica waits for a time that it draws; the shortest one stands for election, and is voted for. */
  private callElection(least: number, multiple: number): void {
    const { world, base, costs } = this.context;
    const able = this.members.filter((member) => this.mayLead(member)).length;
    if (able === 0) return;
    let shortest = Infinity;
    for (let i = 0; i < able; i++)
      shortest = Math.min(shortest, 1 + this.draws.below(broadcastTime * multiple));
    const timeout = (least + shortest) * ms + 2 * costs.networkLatency;
    world.kernel.at(world.kernel.now + timeout, base | QueueEvent.election, this.queue.number, this.term);
  }

  /** With a majority behind its leader the queue goes on, without it stands still. */
  private review(): void {
    if (this.leader === undefined) {
      this.term++;
      this.callElection(broadcastTime, electionMultiple);
      return;
    }
    const able = this.voters.filter((member) => this.reaches(member)).length;
    if (able >= this.majority) this.queue.revive();
    else this.queue.stall();
  }

  private catchUp(number: number): void {
    const { cluster } = this.context;
    const member = this.members[number]!;
    const leader = this.leader!;
    const missing = this.last - member.held;
    if (missing === 0) {
      member.arrived = this.last;
      this.hasUpTo(member, this.last);
      return;
    }
    const about = this.about(number);
    const bytes = this.bytesOf(missing);
    this.queue.network.add(this.context.world.kernel.now, bytes);
    if (!cluster.delays(leader.node, member.node, bytes, QueueEvent.caughtUp, about, this.last))
      this.caughtUp(about, this.last);
  }

  /** What is under way from and to it is lost. */
  private forget(member: Member): void {
    member.epoch = (member.epoch + 1) % epochs;
    member.arrived = member.held;
    member.acked = Math.min(member.acked, member.held);
  }

  private persist(number: number, index: number, bytes: number): void {
    const about = this.about(number);
    const { disk } = this.members[number]!.node;
    if (!disk.delays(bytes, QueueEvent.replicaWritten, about, index)) this.written(about, index);
  }

  /** The leader knows that it is there; a new member that has caught up votes from then on. */
  private hasUpTo(member: Member, index: number): void {
    member.acked = index;
    if (member.joinsAt < 0 || index < member.joinsAt) return;
    member.joinsAt = -1;
    this.voters = [...this.voters, member];
    this.majority = majorityOf(this.voters);
  }

  /** The last entry that a majority has counts, with all before it. */
  private commit(): void {
    const { voters, pending, queue } = this;
    while (this.committed < this.last) {
      let have = 0;
      for (let i = 0; i < voters.length; i++) if (voters[i]!.acked > this.committed) have++;
      if (have < this.majority) return;
      this.committed++;
      queue.admit(pending.shift());
    }
  }

  private reaches(member: Member): boolean {
    return member.node.up && !member.apart;
  }

  private areApart(one: Member, other: Member): boolean {
    return this.context.cluster.pairOf(one.node, other.node)?.suspected === true;
  }

  /** Members that run, itself among them, and that hear it. */
  private heardBy(member: Member): number {
    return this.voters.filter((one) => one.node.up && !this.areApart(member, one)).length;
  }

  private mayLead(member: Member): boolean {
    return member.node.up && member.joinsAt < 0 && this.heardBy(member) >= this.majority;
  }

  /** On average. */
  private bytesOf(entries: number): number {
    return this.last === 0 ? 0 : Math.ceil((this.bytes / this.last) * entries);
  }

  private about(member: number): number {
    return this.queue.number | (member << memberBits) | (this.members[member]!.epoch << epochBits);
  }

  /** −1 for what is out of date. */
  private memberOf(about: number): number {
    const member = (about >> memberBits) & ((1 << (epochBits - memberBits)) - 1);
    return about >> epochBits === this.members[member]!.epoch ? member : -1;
  }
}

function memberOn(node: BrokerNode, held: number, joinsAt: number): Member {
  return { node, epoch: 0, arrived: held, held, acked: held, apart: false, joinsAt };
}

function majorityOf(voters: readonly Member[]): number {
  return Math.floor(voters.length / 2) + 1;
}
