import type { LogSegment } from "./log-segment.ts";
import type { UnifiedLog } from "./unified-log.ts";

/** Segments that one check left to remote storage alone, by the setting behind it. */
export type TieredSegments = Readonly<Record<"local.retention.bytes" | "local.retention.ms", number>>;

/**
 * One check of what the broker's own disk keeps of a tiered log (KIP-405): complete segments below the last stable
 * offset have their copy in remote storage; the oldest leave the disk while it holds more than `local.retention.bytes`
 * without them, and when their largest time is older than `local.retention.ms`.
 */
export function leaveToRemote(log: UnifiedLog, now: number): TieredSegments {
  const { localRetentionBytes, localRetentionTime } = log.config;
  let tooMuch = log.localBytes - localRetentionBytes;
  const bySize = leaveWhile(log, ({ bytes }) => {
    if (tooMuch < 0 || tooMuch < bytes) return false;
    tooMuch -= bytes;
    return true;
  });
  const byTime = leaveWhile(log, (segment) => now - segment.largestTimestamp > localRetentionTime);
  return { "local.retention.bytes": bySize, "local.retention.ms": byTime };
}

function leaveWhile(log: UnifiedLog, breached: (segment: LogSegment) => boolean): number {
  const { segments } = log;
  let count = 0;
  for (let i = 0; i + 1 < segments.length; i++) {
    const segment = segments[i]!;
    if (!segment.local) continue;
    if (segments[i + 1]!.baseOffset > log.lastStable || !breached(segment)) break;
    segment.local = false;
    count++;
  }
  return count;
}
