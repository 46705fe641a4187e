import type { BoundExchange } from "./exchange.ts";
import type { VirtualHost } from "./virtual-host.ts";

type Host = Pick<VirtualHost, "release" | "exchanges" | "queues">;

/** Consistent-hash exchanges whose rings a start of the broker makes anew. */
export function rebuiltRings({ release, exchanges }: Host): readonly BoundExchange[] {
  return release.rebuildsHashRings ? exchanges.filter(({ isRing }) => isRing) : [];
}

/** The broker has started again. */
export function rebuildRings(host: Host): void {
  const { queues, exchanges } = host;
  for (const exchange of rebuiltRings(host))
    exchange.recovered((one) => (one < 0 ? exchanges[-1 - one]!.settings : queues[one]!).name);
}
