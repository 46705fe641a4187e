import { exchangeTypes, type FieldTable, type FieldValue } from "../model/topology.ts";
import type { ExchangeSettings } from "./exchange.ts";
import type { PolicySettings } from "./policies.ts";
import type { ScenarioBinding, ScenarioExchange, ScenarioPolicy } from "./scenario.ts";
import type { BindingSettings } from "./virtual-host.ts";

/** undefined for a type that the broker does not know. */
export function exchangeSettings(exchange: ScenarioExchange): ExchangeSettings | undefined {
  const { name, durable = false, autoDelete = false, internal = false, alternate, args = {} } = exchange;
  const type = exchangeTypes.find((one) => one === exchange.type);
  if (type === undefined) return undefined;
  const table = tableOf(args);
  const named = alternate ?? table.get("alternate-exchange");
  return {
    name,
    type,
    durable,
    autoDelete,
    internal,
    alternate: typeof named === "string" ? named : undefined,
    arguments: table,
  };
}

export function bindingSettings(binding: ScenarioBinding): BindingSettings {
  const {
    source,
    dest: destination,
    destType: destinationType = "queue",
    key: routingKey = "",
    args = {},
  } = binding;
  return { source, destination, destinationType, routingKey, arguments: tableOf(args) };
}

export function policySettings(policy: ScenarioPolicy): PolicySettings {
  const { name, pattern, definition, applyTo = "all", priority = 0 } = policy;
  return { name, pattern, definition: tableOf(definition), applyTo, priority };
}

export function tableOf(record: Readonly<Record<string, FieldValue>>): FieldTable {
  return new Map(Object.entries(record));
}
