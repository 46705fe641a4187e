import { defaultLevels } from "../model/codec-levels.ts";
import { codecs, type Codec, type Compression, type TopicCompression } from "../model/compression.ts";
import { at, textOf } from "./tree.ts";
import type { Tree } from "./tree.ts";
import { numberOf, quantityOf } from "./value-read.ts";

/** What a producer's `config` says of compression. */
export function readCompression(config: Tree | undefined): Compression {
  const codec = codecOf(textOf(at(config, "compression.type")));
  return { codec, level: levelOf(codec, [config]), rate: undefined };
}

/** As librdkafka's clients write it: one level for all codecs, of which −1 is each codec's own. */
export function readLibrdkafkaCompression(config: Tree | undefined): Compression {
  const codec = codecOf(textOf(at(config, "compression.type") ?? at(config, "compression.codec")));
  const written = numberOf(at(config, "compression.level")) ?? -1;
  return { codec, level: librdkafkaLevel(codec, written), rate: undefined };
}

/** The topic's `compression.type` and level, else the brokers'. */
export function readTopicCompression(topic: Tree | undefined, broker: Tree | undefined): TopicCompression {
  const text = textOf(at(topic, "compression.type")) ?? textOf(at(broker, "compression.type"));
  const codec = text === "uncompressed" ? "none" : codecs.find((known) => known === text);
  if (codec === undefined || text === "none") return undefined;
  return { codec, level: levelOf(codec, [topic, broker]) };
}

/** `compression_rate` of its messages, whichever codec packs them. */
export function withRate<T extends { readonly compression: Compression }>(
  settings: T,
  tree: Tree | undefined,
): T {
  const rate = quantityOf(tree, "share");
  if (rate === settings.compression.rate) return settings;
  return { ...settings, compression: { ...settings.compression, rate } };
}

function codecOf(text: string | undefined): Codec {
  return codecs.find((codec) => codec === text) ?? "none";
}

/** By the first of these maps that says it. */
function levelOf(codec: Codec, maps: readonly (Tree | undefined)[]): number {
  const [written] = maps
    .map((map) => numberOf(at(map, `compression.${codec}.level`)))
    .filter((level) => level !== undefined);
  // gzip's −1 and zstd's 0 are their own choices.
  const ownChoice = codec === "gzip" ? -1 : codec === "zstd" ? 0 : undefined;
  return written === undefined || written === ownChoice ? defaultLevels[codec] : written;
}

/** Below 3 its lz4 is the fast one, which is 9 in Java's client, where all other levels compress harder. */
function librdkafkaLevel(codec: Codec, written: number): number {
  if (codec === "lz4") return written < 3 ? defaultLevels.lz4 : written === 9 ? 10 : written;
  return written < 0 || (codec === "zstd" && written === 0) ? defaultLevels[codec] : written;
}
