import type { ConsumerStats } from "../stats/consumer-stats.ts";
import type { Work } from "../sim/world.ts";
import type { LogConsumer } from "./log-model.ts";
import type { LogContext } from "./log-context.ts";
import { LogEvent } from "./log-event.ts";
import type { InstanceSetup, Sender } from "./member-setup.ts";
import type { ProducerClient } from "./producer-client.ts";

/** A process of a consumer. */
export interface FleetMember {
  readonly gone: boolean;
  readonly stopped: boolean;
  stop(): void;
  crash(): void;
}

/** A group whose members come and go. */
export interface FleetGroup {
  /** So many members may start during the run; Infinity where the timeline can bring any back. */
  expect(members: number): void;
  create(setup: InstanceSetup, onGone: () => void): FleetMember;
  /** All members of the beginning have joined before the run. */
  begin(members: readonly FleetMember[]): void;
  /** A member starts during the run. */
  starts(member: FleetMember): void;
}

/** A consumer's place for a process: members come and go in it, one at a time. */
class Instance {
  readonly group: FleetGroup;
  setup: InstanceSetup;
  member: FleetMember | undefined = undefined;
  /** Starts again when it has gone. */
  returns = false;

  constructor(group: FleetGroup, setup: InstanceSetup) {
    this.group = group;
    this.setup = setup;
  }

  get runs(): boolean {
    return this.member !== undefined && !this.member.gone;
  }
}

export interface FleetEntry {
  readonly consumer: LogConsumer;
  readonly stats: ConsumerStats;
  /** One for each instance that there may be. */
  readonly works: readonly Work[];
  /** By instance; empty where they send nothing on. */
  readonly senders: readonly Sender[];
  readonly places: readonly number[];
  /** The timeline may bring instances back. */
  readonly mayReturn: boolean;
}

/** The instances of all consumers of Kafka: which run, and the members that they are. */
export class MemberFleet {
  private readonly context: LogContext;
  private readonly instances: Instance[] = [];
  /** For each input of a consumer its instances, in their order. */
  private readonly byConsumer = new Map<string, (readonly Instance[])[]>();
  private readonly inputs: { readonly consumer: LogConsumer; readonly instances: readonly Instance[] }[] = [];

  constructor(context: LogContext) {
    this.context = context;
  }

  add({ consumer, stats, works, senders, places, mayReturn }: FleetEntry, group: FleetGroup): void {
    const { topics, settings } = consumer.from;
    const { instanceId } = settings;
    const instances = works.map(
      (work, instance) =>
        new Instance(group, {
          instance,
          topics: topics.map(({ text }) => text),
          concurrency: consumer.concurrency,
          settings,
          stats,
          work,
          place: places[instance]!,
          sender: senders[instance],
          instanceId:
            instanceId === undefined || works.length === 1 ? instanceId : `${instanceId}-${instance + 1}`,
        }),
    );
    const { text } = consumer.name;
    this.byConsumer.set(text, [...(this.byConsumer.get(text) ?? []), instances]);
    this.instances.push(...instances);
    this.inputs.push({ consumer, instances });
    if (mayReturn) group.expect(Infinity);
    else if (consumer.startsAt > 0) group.expect(consumer.instances);
  }

  /** Who is there from the beginning has joined before the run; the others come at their time. */
  start(): void {
    const first = new Map<FleetGroup, FleetMember[]>();
    for (const { consumer, instances } of this.inputs) {
      const { startsAt, stopsAt } = consumer;
      for (const instance of instances.slice(0, consumer.instances)) {
        const place = this.instances.indexOf(instance);
        if (stopsAt <= startsAt) continue;
        if (startsAt > 0) this.context.timer(startsAt, LogEvent.instanceStarts, place, 0);
        else {
          const members = first.get(instance.group) ?? [];
          first.set(instance.group, members);
          members.push(this.create(instance));
        }
        if (stopsAt < Infinity) this.context.timer(stopsAt, LogEvent.instanceStops, place, 0);
      }
    }
    for (const [group, members] of first) group.begin(members);
  }

  starts(place: number): void {
    this.startInstance(this.instances[place]!);
  }

  stops(place: number): void {
    this.instances[place]!.member?.stop();
  }

  /** The instances of a consumer; `number` counts from 1. */
  crash(consumer: string, number: number): void {
    for (const instance of this.places(consumer, number)) {
      instance.returns = false;
      if (!instance.runs) continue;
      instance.member!.crash();
      const { sender } = instance.setup;
      if (sender === undefined) continue;
      sender.onward.forget(undefined);
      const client = this.context.replace(sender.client);
      instance.setup = { ...instance.setup, sender: { ...sender, client } };
    }
  }

  /** Whether a member sends with it. */
  owns(client: ProducerClient): boolean {
    return this.instances.some(({ setup }) => setup.sender?.client === client);
  }

  /** Whether a consumer of this name reads from Kafka. */
  has(consumer: string): boolean {
    return this.byConsumer.has(consumer);
  }

  stop(consumer: string, number: number): void {
    for (const instance of this.places(consumer, number)) {
      instance.returns = false;
      instance.member?.stop();
    }
  }

  launch(consumer: string, number: number): void {
    for (const instance of this.places(consumer, number))
      if (instance.runs) instance.returns = instance.member!.stopped;
      else this.startInstance(instance);
  }

  restart(consumer: string, number: number): void {
    for (const instance of this.places(consumer, number))
      if (!instance.runs) this.startInstance(instance);
      else {
        instance.returns = true;
        instance.member!.stop();
      }
  }

  scale(consumer: string, count: number): void {
    for (let number = 1; number <= this.byConsumer.get(consumer)![0]!.length; number++)
      if (number <= count) this.launch(consumer, number);
      else this.stop(consumer, number);
  }

  /** Those of one instance, for each input. */
  private places(consumer: string, number: number): readonly Instance[] {
    return this.byConsumer.get(consumer)!.map((instances) => instances[number - 1]!);
  }

  private startInstance(instance: Instance): void {
    if (!instance.runs) instance.group.starts(this.create(instance));
  }

  private create(instance: Instance): FleetMember {
    const { context } = this;
    const { setup, group } = instance;
    const member = group.create(setup, () => {
      setup.stats.leave(context.kernel.now, setup.instance);
      if (!instance.returns) return;
      instance.returns = false;
      this.startInstance(instance);
    });
    setup.stats.join(context.kernel.now, setup.instance);
    setup.sender?.client.transactions?.starts();
    instance.member = member;
    return member;
  }
}
