import { arrivalRate } from "../model/arrival-rate.ts";
import type { Topic } from "../model/topology.ts";
import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import { meanOf } from "../sim/sampler.ts";
import type { CheckedFile } from "./checked-file.ts";

const nanosPerSecond = 1e9;
/** A record may stay so many times its retention before it is told. */
const longerFrom = 3;

/** `segment-delays-retention`: only whole segments go. */
export function* topicRetention(file: CheckedFile): Iterable<Problem> {
  for (const topic of file.topology.kafka?.topics.values() ?? []) {
    const { name, log } = topic;
    const { retentionTime: retention } = log;
    if (!log.delete || retention === Infinity || retention === 0) continue;
    const path = ["kafka", "topics", name.text, "config"];
    const time = file.at(...path, "segment.ms");
    const filled = file.tellsSenders ? segmentTime(file, topic) : undefined;
    // Where nobody says how fast it fills, only a time that is written can be meant.
    const segment = filled ?? (time === undefined ? undefined : log.segmentTime);
    if (segment === undefined || segment === Infinity || segment + retention <= longerFrom * retention)
      continue;
    const place = time ?? file.at(...path, "segment.bytes") ?? file.at(...path, "retention.ms");
    yield problem(
      "segment-delays-retention",
      place?.span ?? name.span,
      { topic: name.text, segment, retention },
      file.set("Roll segments as often as retention asks", [...path, "segment.ms"], milliseconds(retention)),
    );
  }
}

function milliseconds(nanoseconds: number): string {
  return `${Math.max(Math.floor(nanoseconds / 1e6), 1)}ms`;
}

/** Nanoseconds from a segment's first record to the next segment; undefined where nobody says how fast records come. */
export function segmentTime(file: CheckedFile, { name, partitions, log }: Topic): number | undefined {
  let bytes = 0;
  for (const { flow } of file.writersOf(name.text)) {
    const rate = arrivalRate(flow.arrivals);
    if (rate === undefined) return undefined;
    bytes += rate * (flow.tombstone ? 0 : meanOf(flow.size));
  }
  if (!(bytes > 0)) return undefined;
  return Math.min(log.segmentTime, (log.segmentBytes * partitions * nanosPerSecond) / bytes);
}
