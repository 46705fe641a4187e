import type { ExchangeType, FieldValue } from "../model/topology.ts";

/** A script for a broker, as recorded scenarios write it; `test/conformance/rabbitmq/FORMAT.md` gives the meaning. */
export interface Scenario {
  readonly name: string;
  readonly requires?: readonly string[];
  readonly exchanges?: readonly ScenarioExchange[];
  readonly queues?: readonly ScenarioQueue[];
  readonly bindings?: readonly ScenarioBinding[];
  readonly confirms?: "show";
  readonly drain?: boolean;
  readonly compare?: Comparison;
  readonly steps: readonly ScenarioStep[];
}

export interface ScenarioExchange {
  readonly name: string;
  readonly type: string;
  readonly durable?: boolean;
  readonly autoDelete?: boolean;
  readonly internal?: boolean;
  readonly alternate?: string;
}

export interface ScenarioQueue {
  readonly name: string;
  readonly durable?: boolean;
  readonly args?: Readonly<Record<string, FieldValue>>;
}

export interface ScenarioBinding {
  readonly source: string;
  readonly dest: string;
  readonly destType?: "queue" | "exchange";
  readonly key?: string;
  readonly args?: Readonly<Record<string, FieldValue>>;
}

interface ScenarioMessage {
  readonly exchange?: string;
  readonly key?: string;
  readonly id: string;
  readonly mandatory?: boolean;
  readonly headers?: Readonly<Record<string, FieldValue>>;
}

export interface ScenarioPublish extends ScenarioMessage {
  readonly channel?: string;
  readonly count?: number;
  readonly messages?: readonly Partial<ScenarioMessage>[];
}

interface StepOptions {
  readonly quiet?: boolean;
}

export type ScenarioStep = StepOptions &
  (
    | ({ readonly op: "publish" } & ScenarioPublish)
    | ({ readonly op: "declareExchange" } & ScenarioExchange)
    | ({ readonly op: "declareQueue" } & ScenarioQueue)
    | ({ readonly op: "bind" | "unbind" } & ScenarioBinding)
    | { readonly op: "deleteQueue"; readonly queue: string; readonly ifEmpty?: boolean }
    | { readonly op: "deleteExchange"; readonly exchange: string; readonly ifUnused?: boolean }
    | { readonly op: "checkExchange"; readonly exchange: string }
    | { readonly op: "purge"; readonly queue: string }
    | { readonly op: "drain"; readonly queue: string }
    | { readonly op: "depths" }
  );

/** Which parts of an outcome the broker promises. */
export interface Comparison {
  readonly finalAs?: "set" | "counts" | "total";
  readonly confirmsAsSet?: boolean;
  readonly deliverAs?: "set";
  readonly depths?: "final-only";
  readonly ignoreTrace?: boolean;
}

/** Ready, unacked and consumers; null for no such queue. */
export type Depths = Readonly<Record<string, readonly [number, number, number] | null>>;

export interface ScenarioEvent {
  readonly ev: string;
  readonly channel?: string;
  readonly consumer?: string;
  readonly id?: string;
  readonly [field: string]: unknown;
}

export interface TraceStep {
  readonly step: number;
  readonly op: string;
  readonly error?: { readonly code: number; readonly name: string };
  readonly events?: readonly ScenarioEvent[];
  readonly depths?: Depths;
}

export interface OutcomeMessage {
  readonly id: string;
  readonly exchange: string;
  readonly key: string;
  readonly redelivered?: true;
  readonly headers?: Readonly<Record<string, FieldValue>>;
}

export interface Outcome {
  readonly name: string;
  readonly trace: readonly TraceStep[];
  readonly final: Readonly<Record<string, readonly OutcomeMessage[] | null>>;
}

/** Types of exchange that come with the broker, without a plugin. */
export const builtInTypes: readonly ExchangeType[] = ["direct", "fanout", "topic", "headers"];
