import type { LogModel } from "./log/log-model.ts";
import type { ProducerClient } from "./log/producer-client.ts";
import { streamOf } from "./model/readings.ts";
import type { Consumer, Flow } from "./model/topology.ts";
import type { QueueModel } from "./queue/queue-model.ts";
import type { Instruments } from "./run-instruments.ts";
import type { World } from "./sim/world.ts";
import type { ChangelogStats } from "./stats/changelog-stats.ts";
import type { JoinStats } from "./stats/join-stats.ts";
import { ProducerStats } from "./stats/producer-stats.ts";
import type { WindowStats } from "./stats/window-stats.ts";
import { Changelog } from "./workload/changelog.ts";
import { Join, type LoggedMessage } from "./workload/join.ts";
import { keepsRoutingKey, SendingOn, type StreamOperator } from "./workload/sending-on.ts";
import { Source } from "./workload/source.ts";
import { Windows, type LoggedWindow } from "./workload/windows.ts";
import type { Workload } from "./workload/workload.ts";

/** What one instance of a consumer sends on; `client` where it is one of Kafka's. */
export interface ConsumerSender {
  readonly client: ProducerClient | undefined;
  readonly onward: SendingOn;
}

/** What senders are made with. */
interface Run {
  readonly instruments: Instruments;
  readonly workload: Workload;
  readonly log: LogModel | undefined;
  readonly queue: QueueModel | undefined;
}

/** What the instances of a consumer send on, and with what, where they do. */
export function sendersOf(consumer: Consumer, run: Run): readonly ConsumerSender[] {
  const { workload, log, queue } = run;
  const { world } = run.instruments;
  const instruments = run.instruments.consumer(consumer);
  const { sends, places } = instruments;
  const { name, from, sends: forwards } = consumer;
  if (consumer.join?.by === "correlation") world.lineage.numbered = true;
  const settings =
    from.kind === "log" ? from.producer : forwards.find(({ flow }) => flow.to.kind === "topic")?.flow.kafka;
  if (settings === undefined && forwards.length === 0) return [];
  const logged = loggedBy(consumer, instruments.changelog);
  if (consumer.changelog !== undefined) log!.expectRestores(consumer.changelog.to.name.text);
  const stats = sends ?? new ProducerStats(world.window.from, world.horizon, world.ranges);
  return places.map((place, instance) => {
    const streamName = `${streamOf(consumer)} ${instance} sends`;
    const client = settings && log!.client(settings, stats, place, streamName, instance);
    if (client !== undefined) client.closedLoop = true;
    const sourceOf = (flow: Flow, streamName: string): Source => {
      const number = workload.sources.length;
      const of = { number, flow, producer: "", instance, instances: places.length };
      const source = new Source(world, {
        ...of,
        streamName,
        stats,
        place,
        budget: run.instruments.budget(flow),
      });
      workload.sources.push(source);
      world.lineage.firstSource = Math.min(world.lineage.firstSource, number);
      if (flow.to.kind === "topic") {
        const partitioner = `${streamName} partitioner`;
        const given = consumer.changelog?.to === flow.to;
        source.outlet = log!.outlet(client!, flow, number, partitioner, given);
      } else {
        const sender = queue!.sender("consumer", name.text, stats);
        source.outlet = queue!.outlet(sender, instance, flow, number, place);
      }
      return source;
    };
    const entries = forwards.map((forward, entry) => ({
      forward,
      source: sourceOf(forward.flow, `${streamName} ${entry}`),
    }));
    const changelog = consumer.changelog && {
      changes: sourceOf(consumer.changelog, `${streamName} changes`),
      removals: sourceOf({ ...consumer.changelog, tombstone: true }, `${streamName} removals`),
    };
    const stream = world.kernel.stream(streamName);
    const onward = new SendingOn(
      world,
      entries,
      stream,
      () => workload.nextId(),
      // What a queue began with has no source.
      (source) => workload.sources[source]?.requests !== undefined,
      operatorOf(world, consumer, instruments, place, keepsRoutingKey(entries), logged),
      changelog,
    );
    for (const { source } of entries) source.onward = onward;
    if (changelog !== undefined) changelog.changes.onward = changelog.removals.onward = onward;
    return { client, onward };
  });
}

type Logged = Changelog<LoggedWindow> | Changelog<LoggedMessage>;

/** One for all instances of a consumer. */
function loggedBy({ changelog, window }: Consumer, stats: ChangelogStats | undefined): Logged | undefined {
  if (changelog === undefined) return undefined;
  const topic = changelog.to.name.text;
  return window === undefined
    ? new Changelog<LoggedMessage>(topic, stats!)
    : new Changelog<LoggedWindow>(topic, stats!);
}

/** What an instance gathers in before it sends anything on. */
function operatorOf(
  world: World,
  { window, join }: Consumer,
  stats: { readonly windows: WindowStats | undefined; readonly join: JoinStats | undefined },
  place: number,
  keepsRoutingKey: boolean,
  changelog: Logged | undefined,
): StreamOperator | undefined {
  if (window !== undefined)
    return new Windows(world, {
      rule: window,
      stats: stats.windows!,
      place,
      keepsRoutingKey,
      changelog: changelog as Changelog<LoggedWindow> | undefined,
    });
  return (
    join &&
    new Join(world, {
      rule: join,
      stats: stats.join!,
      place,
      changelog: changelog as Changelog<LoggedMessage> | undefined,
    })
  );
}
