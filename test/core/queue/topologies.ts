import { presets, type Costs } from "../../../src/core/model/calibration.ts";
import { nodeDefaults } from "../../../src/core/model/rabbitmq-nodes.ts";
import type {
  Arrivals,
  Binding,
  Exchange,
  ExchangeType,
  FieldTable,
  Flow,
  KeyChoice,
  Publishing,
  QueueConsumerSettings,
  Topology,
} from "../../../src/core/model/topology.ts";
import type { Distribution } from "../../../src/core/text/distribution.ts";
import type { Name } from "../../../src/core/text/span.ts";

const span = { start: 0, end: 0 };
const none: FieldTable = new Map();
const name = (text: string): Name => ({ text, span });
const ms = 1e6;

export interface FlowOptions {
  readonly exchange?: string;
  readonly queue?: string;
  readonly instances?: number;
  readonly arrivals?: Arrivals;
  readonly messages?: number;
  readonly key?: KeyChoice;
  readonly routingKeys?: readonly string[];
  readonly template?: string;
  readonly publishing?: Partial<Publishing>;
}

export interface ConsumerOptions {
  readonly queues: readonly string[];
  readonly instances?: number;
  readonly concurrency?: number;
  readonly processing?: Distribution;
  readonly failures?: number;
  readonly poison?: boolean;
  readonly startsAt?: number;
  readonly stopsAt?: number;
  readonly settings?: Partial<QueueConsumerSettings>;
}

export interface TopologyOptions {
  readonly exchanges?: Readonly<Record<string, ExchangeType>>;
  readonly internal?: readonly string[];
  readonly alternates?: Readonly<Record<string, string>>;
  readonly queues: readonly string[];
  readonly bindings?: readonly (readonly [source: string, destination: string, routingKey: string])[];
  readonly producers: Readonly<Record<string, FlowOptions>>;
  readonly consumers?: Readonly<Record<string, ConsumerOptions>>;
  readonly costs?: Partial<Costs>;
  readonly preset?: keyof typeof presets;
  readonly duration?: number;
  readonly warmup?: number;
  readonly seed?: number;
  readonly trace?: number;
}

/** A topology of RabbitMQ alone; times in ns, everything that is left out as the file format has it. */
export function topologyOf(options: TopologyOptions): Topology {
  const { preset = "ideal", duration = Infinity, warmup = 0, seed = 1, trace = 0 } = options;
  return {
    name: "test",
    description: "",
    kafka: undefined,
    rabbitmq: {
      version: "4.1",
      nodes: 1,
      ...nodeDefaults,
      vhosts: [],
      exchanges: mapOf(options.exchanges ?? {}, (type, text) =>
        exchange(text, type, options.alternates?.[text], options.internal?.includes(text) ?? false),
      ),
      queues: new Map(
        options.queues.map((text) => [
          text,
          {
            name: name(text),
            vhost: "",
            durable: true,
            exclusive: false,
            autoDelete: false,
            arguments: none,
            preload: undefined,
          },
        ]),
      ),
      bindings: (options.bindings ?? []).map(binding(options.exchanges ?? {})),
      policies: [],
      operatorPolicies: [],
    },
    producers: mapOf(options.producers, (flow, text) => ({
      name: name(text),
      instances: flow.instances ?? 1,
      flows: [flowOf(text, flow)],
    })),
    consumers: mapOf(options.consumers ?? {}, (consumer, text) => ({
      name: name(text),
      from: {
        kind: "queue",
        queues: consumer.queues.map(name),
        settings: {
          prefetch: Infinity,
          channelPrefetch: Infinity,
          priority: 0,
          exclusive: false,
          streamOffset: undefined,
          streamFilter: undefined,
          matchUnfiltered: false,
          ack: "manual",
          onFailure: "requeue",
          retries: [],
          ...consumer.settings,
        },
      },
      instances: consumer.instances ?? 1,
      concurrency: consumer.concurrency ?? 1,
      processing: {
        perMessage: consumer.processing ?? { kind: "exponential", mean: 100 * ms },
        perBatch: undefined,
        byKind: new Map(),
        byKey: new Map(),
      },
      failures: { share: consumer.failures ?? 0, persistent: consumer.poison ?? false },
      startsAt: consumer.startsAt ?? 0,
      stopsAt: consumer.stopsAt ?? Infinity,
      sends: [],
      window: undefined,
      join: undefined,
      changelog: undefined,
      input: undefined,
      others: [],
    })),
    run: {
      duration,
      warmup,
      seed,
      repeat: 1,
      calibration: { preset, costs: { ...presets[preset], ...options.costs } },
      trace,
    },
    timeline: [],
    expect: [],
  };
}

function mapOf<From, To>(
  record: Readonly<Record<string, From>>,
  of: (from: From, key: string) => To,
): Map<string, To> {
  return new Map(Object.entries(record).map(([key, from]) => [key, of(from, key)]));
}

function exchange(
  text: string,
  type: ExchangeType,
  alternate: string | undefined,
  internal: boolean,
): Exchange {
  return {
    name: name(text),
    vhost: "",
    type,
    durable: true,
    autoDelete: false,
    internal,
    alternate: alternate === undefined ? undefined : name(alternate),
    arguments: none,
  };
}

function binding(exchanges: Readonly<Record<string, ExchangeType>>) {
  return ([source, destination, routingKey]: readonly [string, string, string]): Binding => ({
    source: name(source),
    destination: name(destination),
    destinationType: destination in exchanges ? "exchange" : "queue",
    routingKey: name(routingKey),
    arguments: none,
    span,
  });
}

function flowOf(text: string, options: FlowOptions): Flow {
  const { queue, routingKeys = [""], template } = options;
  return {
    name: name(text),
    to:
      queue === undefined
        ? { kind: "exchange", name: name(options.exchange ?? "") }
        : { kind: "queue", name: name(queue) },
    arrivals: options.arrivals ?? { kind: "poisson", rate: 8 },
    from: 0,
    until: Infinity,
    messages: options.messages ?? Infinity,
    key: options.key ?? { kind: "none" },
    size: { kind: "constant", value: 1024 },
    tombstone: false,
    kind: undefined,
    requests: undefined,
    kafka: {
      acks: "all",
      batchSize: 16_384,
      linger: 5 * ms,
      maxInFlight: 5,
      maxRequestSize: 1_048_576,
      bufferMemory: 33_554_432,
      maxBlock: 60_000e6,
      metadataMaxAge: 300e9,
      batchMessages: Infinity,
      librdkafka: undefined,
      compression: { codec: "none", level: 0, rate: undefined },
      ignoreKeys: false,
      availabilityTimeout: 0,
      adaptive: true,
      roundRobin: false,
      idempotence: true,
      retries: Infinity,
      retryBackoff: 100 * ms,
      retryBackoffMax: 1000 * ms,
      reconnectBackoff: 50 * ms,
      reconnectBackoffMax: 1000 * ms,
      requestTimeout: 30_000 * ms,
      deliveryTimeout: 120_000 * ms,
      transactions: undefined,
    },
    rabbitmq: {
      routingKey:
        template === undefined
          ? { kind: "weights", keys: routingKeys.map(name), weights: routingKeys.map(() => 1) }
          : { kind: "template", text: name(template) },
      headers: none,
      persistent: true,
      priority: undefined,
      lifetime: Infinity,
      cc: [],
      bcc: [],
      mandatory: false,
      correlationId: undefined,
      messageId: undefined,
      timestamp: false,
      confirmWindow: 0,
      transactionSize: 0,
      ...options.publishing,
    },
  };
}
