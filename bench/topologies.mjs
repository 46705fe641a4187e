/** Files whose runs are measured. `trace`: messages whose journey is kept. */
const ideal = (trace) =>
  `run: {duration: unlimited, calibration: ideal${trace === undefined ? "" : `, trace: ${trace}`}}\n`;

export const queueSingleServer = (messages, trace) => `topology: 1
rabbitmq: {queues: {line: {}}}
producers: {source: {queue: line, rate: 8/s, messages: ${messages}}}
consumers: {server: {queue: line, prefetch: 1, processing: {exponential: 100ms}}}
${ideal(trace)}`;

export const logSingleServer = (messages, trace) => `topology: 1
kafka: {topics: {line: {}}}
producers: {source: {topic: line, rate: 8/s, messages: ${messages}, config: {linger.ms: 0}}}
consumers: {server: {topic: line, group: server, commit: after, processing: {exponential: 100ms}}}
${ideal(trace)}`;

/** Client, network, queue process, network, handler, acknowledgement. */
export const queuePipeline = (messages) => `topology: 1
rabbitmq: {queues: {line: {}}}
producers: {source: {queue: line, rate: 64000/s, key: {values: 1000}, messages: ${messages}}}
consumers: {handlers: {queue: line, instances: 8, prefetch: 100, processing: {exponential: 100us}}}
run: {duration: unlimited, calibration: {preset: ideal, networkLatency: 300us, queuePublish: 5us, queueDeliver: 3us}}
`;

/** Client, network, append, fetch, handler, commit; a batch for each record. */
export const logPipeline = (messages) => `topology: 1
kafka: {topics: {line: {partitions: 8}}}
producers: {source: {topic: line, rate: 64000/s, key: {values: 1000}, messages: ${messages}, config: {linger.ms: 0, batch.size: 1}}}
consumers: {handlers: {topic: line, group: handlers, instances: 8, processing: {exponential: 100us}}}
run: {duration: unlimited, calibration: {preset: ideal, networkLatency: 300us, kafkaPerRequest: 5us}}
`;

/** As Kafka is used: batches of some hundred records. */
export const logBatched = (messages) => `topology: 1
kafka: {topics: {line: {partitions: 8}}}
producers: {source: {topic: line, rate: 400k/s, size: 100B, messages: ${messages}, config: {linger.ms: 5}}}
consumers: {handlers: {topic: line, group: handlers, instances: 8, processing: 10us}}
run: {duration: unlimited, calibration: ideal}
`;

/** Everything arrives within a second, and nothing leaves. */
export const queueBacklog = (messages) => `topology: 1
rabbitmq: {queues: {line: {}}}
producers: {source: {queue: line, rate: ${messages}/s, arrivals: constant}}
consumers: {server: {queue: line, prefetch: 1, processing: 1h}}
run: {duration: 1s, calibration: ideal, trace: 0}
`;

export const logBacklog = (messages) => `topology: 1
kafka: {topics: {line: {}}}
producers: {source: {topic: line, rate: ${messages}/s, arrivals: constant}}
consumers: {server: {topic: line, group: server, commit: after, processing: 1h, config: {fetch.max.bytes: 1MiB}}}
run: {duration: 1s, calibration: ideal, trace: 0}
`;

/** A file of about so many lines that checks clean. */
export function longFile(lines) {
  const queues = Array.from({ length: Math.floor((lines - 8) / 4) }, (_, i) => `q${i}`);
  return `topology: 1
rabbitmq:
  queues:
${queues.map((name) => `    ${name}: {arguments: {x-max-length: 1000, x-overflow: reject-publish}}`).join("\n")}
  bindings:
${queues.map((name) => `    - {source: amq.topic, destination: ${name}, routing_key: "order.${name}.#"}`).join("\n")}
producers:
${queues.map((name) => `  p-${name}: {exchange: amq.topic, rate: 2/s, routing_key: order.${name}.eu, confirms: true}`).join("\n")}
consumers:
${queues.map((name) => `  c-${name}: {queue: ${name}, prefetch: 10, processing: {exponential: 5ms}}`).join("\n")}
`;
}

/** 500 nodes with 860 edges, along which some 10,000 messages are on their way at any time that they are shown. */
export function wide() {
  const numbers = (count) => Array.from({ length: count }, (_, i) => i);
  const exchanges = 40;
  const queues = 200;
  const bound = numbers(queues).flatMap((queue) =>
    [0, 7, 19].map((by) => `    - {source: e${(queue + by) % exchanges}, destination: q${queue}}`),
  );
  return `topology: 1
rabbitmq:
  exchanges:
${numbers(exchanges)
  .map((i) => `    e${i}: {type: fanout}`)
  .join("\n")}
  queues:
${numbers(queues)
  .map((i) => `    q${i}: {}`)
  .join("\n")}
  bindings:
${bound.join("\n")}
producers:
${numbers(60)
  .map((i) => `  p${i}: {exchange: e${i % exchanges}, rate: 8/s}`)
  .join("\n")}
consumers:
${numbers(queues)
  .map((i) => `  c${i}: {queue: q${i}, prefetch: 10, processing: {exponential: 5ms}}`)
  .join("\n")}
run: {duration: 40s}
`;
}
