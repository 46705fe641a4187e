import { readWork } from "../model/codec-levels.ts";
import { compressionRate, storedPacking, type Compression } from "../model/compression.ts";
import type { LogContext } from "./log-context.ts";
import type { Partition } from "./partition.ts";
import { batchOverhead } from "./record-size.ts";

const plain: Compression = { codec: "none", level: 0, rate: undefined };

/** How a record's batch is stored, and by what share of its bytes. */
export function packingAt({ outlets }: LogContext, { log, compression }: Partition, offset: number) {
  // What was there before the run came as it is.
  const writer =
    offset < log.preloadEnd
      ? plain
      : (outlets[log.source[log.at(offset)]!]?.client.settings.compression ?? plain);
  const packing = storedPacking(compression, writer);
  return { packing, rate: compressionRate(packing, writer.rate) };
}

/** What consumers' clients do with the batches that they fetch. */
export class BatchDecompression {
  private readonly context: LogContext;

  constructor(context: LogContext) {
    this.context = context;
  }

  /** Of one batch, of which the client gets the offsets [from, to): ns. */
  work(partition: Partition, from: number, to: number, bytes: number): number {
    const offset = partition.log.nextHeld(from);
    if (offset >= to) return 0;
    const { packing, rate } = packingAt(this.context, partition, offset);
    if (packing.codec === "none") return 0;
    return readWork(packing, (bytes - batchOverhead) / rate) * this.context.costs.codecWork;
  }
}
