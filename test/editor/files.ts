/** Both models, with names that a path cannot carry as they are, and an expectation that fails beside one that holds. */
export const shop = `topology: 1
name: Shop
kafka:
  topics:
    order-events: {partitions: 2}
rabbitmq:
  exchanges:
    shop.orders: {type: topic}
  queues:
    work.eu: {}
  bindings:
    - {source: shop.orders, destination: work.eu, routing_key: "order.*.eu"}
producers:
  checkout: {topic: order-events, rate: 100/s, key: {values: 50}}
  site: {exchange: shop.orders, rate: 50/s, routing_key: {order.placed.eu: 3, order.placed.us: 1}}
consumers:
  fraud: {topic: order-events, group: fraud, processing: {exponential: 5ms}, commit: after}
  packers: {queue: work.eu, instances: 2, prefetch: 5, processing: {exponential: 20ms}, failures: 5%}
run: {duration: 30s, warmup: 2s, seed: 11}
expect:
  - {metric: lost.broker, equals: 0}
  - {metric: latency.p99, of: {consumer: packers}, below: 1ms}
`;

/** Some of the places in its result that the panel must show. */
export const shopPaths = ["seed", "totals.sent", 'queues["work.eu"].depth.max', "groups.fraud.lag.max"];

export const wrong = shop.replace("queue: work.eu", "queue: work.uk");

/** Longer than anybody waits. */
export const endless = shop.replace("duration: 30s", "duration: 10000h");
