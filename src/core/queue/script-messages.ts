import { utf8 } from "../text/utf8.ts";
import { clientDeaths } from "./death.ts";
import type { Content, HeaderValue } from "./content.ts";
import type { Release } from "./release.ts";
import type { ScenarioMessage } from "./scenario.ts";

/** A message of a script. A body is its id, padded to `bytes` behind a bar; an id ends at its first bar. */
export function contentOf(message: ScenarioMessage, release: Release): Content {
  const headers = new Map<string, HeaderValue>(Object.entries(message.headers ?? {}));
  for (const [name, keys] of [
    ["CC", message.cc],
    ["BCC", message.bcc],
  ] as const)
    if (keys !== undefined) headers.set(name, Array.isArray(keys) ? keys.map(String) : [String(keys)]);
  const deaths = release.trustsClientDeaths ? clientDeaths(headers) : undefined;
  if (deaths !== undefined) headers.delete("x-death");
  return {
    id: message.id.split("|")[0]!,
    exchange: message.exchange ?? "",
    routingKeys: [message.key ?? ""],
    headers,
    properties: {
      correlationId: message.correlationId,
      messageId: message.messageId,
      timestamp: message.timestamp,
    },
    deaths: deaths ?? [],
    expiration: message.expiration === undefined ? undefined : String(message.expiration),
    priority: message.priority,
    persistent: message.persistent ?? false,
  };
}

export function bytesOf({ id, bytes = 0 }: ScenarioMessage): number {
  const { length } = utf8(id);
  return bytes === 0 ? length : Math.max(bytes, length + 1);
}
