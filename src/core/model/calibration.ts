/** What each station costs: times in ns, bandwidths in bytes per second, per-byte costs in ns. `physics.md` gives the reasons. */
export interface Costs {
  readonly networkLatency: number;
  readonly networkBandwidth: number;
  readonly brokerCores: number;
  readonly kafkaClientPerMessage: number;
  readonly amqpClientPerMessage: number;
  readonly kafkaPerRequest: number;
  readonly kafkaPerBatch: number;
  readonly brokerPerByte: number;
  /** How many times as long as measured a codec works; 0: it takes no time. */
  readonly codecWork: number;
  readonly channelPerMessage: number;
  readonly queuePublish: number;
  readonly queueDeliver: number;
  readonly queueAck: number;
  readonly quorumPerMessage: number;
  readonly diskBandwidth: number;
  readonly diskFlush: number;
  readonly pageCache: number;
  /** Until remote storage has answered a fetch of a tiered topic. */
  readonly remoteFetch: number;
}

export type PresetName = "ideal" | "laptop" | "lan" | "cloud";

/** A preset and the single costs that the file changes; `costs` is the sum of both. */
export interface Calibration {
  readonly preset: PresetName;
  readonly costs: Costs;
}

const us = 1e3;
const MB = 1e6;
const MiB = 1024 * 1024;
const GiB = 1024 * MiB;

export const presets: Readonly<Record<PresetName, Costs>> = {
  ideal: {
    networkLatency: 0,
    networkBandwidth: Infinity,
    brokerCores: Infinity,
    kafkaClientPerMessage: 0,
    amqpClientPerMessage: 0,
    kafkaPerRequest: 0,
    kafkaPerBatch: 0,
    brokerPerByte: 0,
    codecWork: 0,
    channelPerMessage: 0,
    queuePublish: 0,
    queueDeliver: 0,
    queueAck: 0,
    quorumPerMessage: 0,
    diskBandwidth: Infinity,
    diskFlush: 0,
    pageCache: Infinity,
    remoteFetch: 0,
  },
  laptop: {
    networkLatency: 30 * us,
    networkBandwidth: 4000 * MB,
    brokerCores: 2,
    kafkaClientPerMessage: 3 * us,
    amqpClientPerMessage: 30 * us,
    kafkaPerRequest: 80 * us,
    kafkaPerBatch: 15 * us,
    brokerPerByte: 1,
    codecWork: 1,
    channelPerMessage: 20 * us,
    queuePublish: 15 * us,
    queueDeliver: 10 * us,
    queueAck: 5 * us,
    quorumPerMessage: 6 * us,
    diskBandwidth: 1000 * MB,
    diskFlush: 600 * us,
    pageCache: 2 * GiB,
    remoteFetch: 20_000 * us,
  },
  lan: {
    networkLatency: 100 * us,
    networkBandwidth: 1250 * MB,
    brokerCores: 8,
    kafkaClientPerMessage: 1.2 * us,
    amqpClientPerMessage: 5 * us,
    kafkaPerRequest: 40 * us,
    kafkaPerBatch: 8 * us,
    brokerPerByte: 0.5,
    codecWork: 1,
    channelPerMessage: 5 * us,
    queuePublish: 5 * us,
    queueDeliver: 3 * us,
    queueAck: 2 * us,
    quorumPerMessage: 2 * us,
    diskBandwidth: 500 * MB,
    diskFlush: 200 * us,
    pageCache: 16 * GiB,
    remoteFetch: 50_000 * us,
  },
  cloud: {
    networkLatency: 400 * us,
    networkBandwidth: 600 * MB,
    brokerCores: 4,
    kafkaClientPerMessage: 1.5 * us,
    amqpClientPerMessage: 6 * us,
    kafkaPerRequest: 50 * us,
    kafkaPerBatch: 10 * us,
    brokerPerByte: 0.7,
    codecWork: 1,
    channelPerMessage: 6 * us,
    queuePublish: 6 * us,
    queueDeliver: 4 * us,
    queueAck: 2 * us,
    quorumPerMessage: 2.5 * us,
    diskBandwidth: 125 * MiB,
    diskFlush: 1500 * us,
    pageCache: 8 * GiB,
    remoteFetch: 100_000 * us,
  },
};
