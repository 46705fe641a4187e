import type { PolicyTarget } from "../model/policy.ts";
import type { FieldValue } from "../model/topology.ts";
import type { HeaderValue } from "./content.ts";

/** A script for a broker, as recorded scenarios write it; `test/conformance/rabbitmq/FORMAT.md` gives the meaning. */
export interface Scenario {
  readonly name: string;
  readonly requires?: readonly string[];
  /** Of the server, by RabbitMQ's names, ms; its defaults where there are none. */
  readonly settings?: ServerSettings;
  /** Set before anything is declared. */
  readonly policies?: readonly ScenarioPolicy[];
  readonly exchanges?: readonly ScenarioExchange[];
  readonly queues?: readonly ScenarioQueue[];
  readonly bindings?: readonly ScenarioBinding[];
  readonly channels?: Readonly<Record<string, { readonly connection?: string; readonly confirm?: boolean }>>;
  readonly settleMs?: number;
  readonly probe?: boolean;
  readonly confirms?: "show";
  readonly drain?: boolean;
  readonly compare?: Comparison;
  readonly steps: readonly ScenarioStep[];
}

export interface ServerSettings {
  readonly consumer_timeout?: number;
  readonly channel_tick_interval?: number;
}

type Args = Readonly<Record<string, FieldValue>>;

interface OnChannel {
  readonly channel?: string;
}

export interface ScenarioPolicy {
  readonly name: string;
  readonly pattern: string;
  readonly definition: Args;
  readonly applyTo?: PolicyTarget;
  readonly priority?: number;
  /** Whether it is an operator's. */
  readonly operator?: boolean;
}

export interface ScenarioExchange extends OnChannel {
  readonly name: string;
  readonly type: string;
  readonly durable?: boolean;
  readonly autoDelete?: boolean;
  readonly internal?: boolean;
  readonly alternate?: string;
  readonly args?: Args;
}

export interface ScenarioQueue extends OnChannel {
  readonly name: string;
  readonly durable?: boolean;
  readonly exclusive?: boolean;
  readonly autoDelete?: boolean;
  readonly args?: Args;
}

export interface ScenarioBinding extends OnChannel {
  readonly source: string;
  readonly dest: string;
  readonly destType?: "queue" | "exchange";
  readonly key?: string;
  readonly args?: Args;
}

export interface ScenarioMessage {
  readonly exchange?: string;
  readonly key?: string;
  readonly id: string;
  readonly mandatory?: boolean;
  readonly persistent?: boolean;
  readonly priority?: number;
  readonly expiration?: string | number;
  readonly correlationId?: string;
  readonly messageId?: string;
  /** Seconds. */
  readonly timestamp?: number;
  readonly headers?: Readonly<Record<string, HeaderValue>>;
  readonly cc?: string | readonly string[];
  readonly bcc?: string | readonly string[];
  readonly bytes?: number;
}

export interface ScenarioPublish extends ScenarioMessage, OnChannel {
  readonly count?: number;
  /** Whether the channel confirms; true by default. */
  readonly confirm?: boolean;
  readonly messages?: readonly Partial<ScenarioMessage>[];
}

export interface ScenarioConsume extends OnChannel {
  readonly consumer: string;
  readonly queue: string;
  readonly prefetch?: number;
  readonly noAck?: boolean;
  readonly exclusive?: boolean;
  readonly priority?: number;
  readonly args?: Args;
  readonly auto?: "ack" | "reject" | "requeue";
}

export interface ScenarioSettlement {
  readonly op: "ack" | "nack" | "reject";
  readonly consumer: string;
  readonly id?: string;
  readonly ids?: readonly string[];
  readonly multiple?: boolean;
  readonly requeue?: boolean;
}

interface StepOptions {
  readonly quiet?: boolean;
  readonly settleMs?: number;
}

export type ScenarioStep = StepOptions &
  (
    | ({ readonly op: "publish" } & ScenarioPublish)
    | ({ readonly op: "burst"; readonly mix?: boolean; readonly count: number } & Omit<
        ScenarioPublish,
        "messages" | "count"
      >)
    | ({ readonly op: "consume" } & ScenarioConsume)
    | ScenarioSettlement
    | { readonly op: "ackRaw"; readonly consumer: string; readonly tag: number }
    | { readonly op: "qos"; readonly channel: string; readonly prefetch: number; readonly global?: boolean }
    | { readonly op: "recover"; readonly channel: string }
    | { readonly op: "cancel"; readonly consumer: string }
    | ({
        readonly op: "get";
        readonly queue: string;
        readonly as?: string;
        readonly noAck?: boolean;
      } & OnChannel)
    | { readonly op: "closeChannel"; readonly channel: string }
    | { readonly op: "closeConnection"; readonly connection: string }
    | ({ readonly op: "declareExchange" } & ScenarioExchange)
    | ({ readonly op: "declareQueue"; readonly report?: boolean } & ScenarioQueue)
    | ({ readonly op: "bind" | "unbind" } & ScenarioBinding)
    | {
        readonly op: "deleteQueue";
        readonly queue: string;
        readonly ifEmpty?: boolean;
        readonly ifUnused?: boolean;
      }
    | { readonly op: "deleteExchange"; readonly exchange: string; readonly ifUnused?: boolean }
    | ({ readonly op: "setPolicy" } & ScenarioPolicy)
    | { readonly op: "clearPolicy"; readonly name: string; readonly operator?: boolean }
    | { readonly op: "checkExchange"; readonly exchange: string }
    | { readonly op: "exists" | "purge" | "drain"; readonly queue: string }
    | { readonly op: "sleep"; readonly ms: number }
    | { readonly op: "restart" | "depths" }
  );

/** Which parts of an outcome the broker promises. */
export interface Comparison {
  readonly finalAs?: "set" | "counts" | "total";
  readonly confirmsAsSet?: boolean;
  readonly deliverAs?: "set";
  readonly depths?: "final-only";
  readonly ignoreTrace?: boolean;
}

export interface ShownError {
  readonly code: number;
  readonly name: string;
  readonly scope?: "channel" | "connection";
}

/** Ready, unacked and consumers; nothing of a stream; null for no such queue. */
export type Depth = readonly [number, number, number] | readonly [] | { readonly error: string } | null;
export type Depths = Readonly<Record<string, Depth>>;

export interface ScenarioEvent {
  readonly ev: string;
  readonly channel?: string;
  readonly consumer?: string;
  readonly connection?: string;
  readonly id?: string;
  readonly [field: string]: unknown;
}

export interface TraceStep {
  readonly step: number;
  readonly op: string;
  readonly error?: ShownError;
  readonly events?: readonly ScenarioEvent[];
  readonly depths?: Depths;
}

export interface OutcomeDeath {
  readonly queue: string;
  readonly reason: string;
  readonly count: number;
  readonly exchange: string;
  readonly keys: readonly string[];
  readonly originalExpiration?: string;
}

export interface OutcomeMessage {
  readonly id: string;
  readonly exchange: string;
  readonly key: string;
  readonly redelivered?: true;
  readonly expiration?: string;
  readonly headers?: Readonly<Record<string, HeaderValue>>;
  readonly deaths?: readonly OutcomeDeath[];
}

export interface Outcome {
  readonly name: string;
  readonly trace?: readonly TraceStep[];
  /** The ready messages of each queue; null where there is none, an error where they cannot be read. */
  readonly final: Readonly<Record<string, readonly OutcomeMessage[] | ShownError | null>>;
}
