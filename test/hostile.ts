/** Names as somebody may write them who means no good, or means it well in another script. */
export const hostile: readonly (readonly [string, (was: string) => string])[] = [
  [
    "markup",
    (was) => `<img src=x onerror="window.hacked=true">${was}</text><script>window.hacked=true</script>`,
  ],
  ["right-to-left marks", (was) => `\u202e${was}\u2067\u2066gnp.exe\u202c\u200f`],
  ["10,000 characters", (was) => was.padEnd(10_000, "W")],
  ["10,000 characters with spaces", (was) => `${was} `.repeat(2_000)],
  ["emoji", (was) => `👩‍👩‍👧‍👦🏳️‍🌈${was}🇩🇪`.repeat(30)],
  ["Arabic and combining marks", (was) => `طلبات ${was} ${"a\u0301\u0327\u0489".repeat(60)}`],
  ["quotes and dots", (was) => `"].${was}['a.b"\\`],
  ["line breaks and NUL", (was) => `a\nb\r\tc\u0000${was}`],
];

/** What only a spreadsheet, a terminal or a Markdown renderer would fall for. */
export const written: typeof hostile = [
  ["a formula", (was) => `=cmd|' /C calc'!${was}`],
  ["a formula after a separator", (was) => `${was};=1+1\t@SUM(1)`],
  ["a terminal's commands", (was) => `\u001b[2J\u001b]0;${was}\u0007\u009b31m\r${was}`],
  ["Markdown", (was) => `[${was}](command:evil) ![x](https://evil/) \`code\` | --- |`],
];

/**
 * A file with a name in every place that takes one. Kafka's names are letters, digits and three marks: `topic` is for these, and
 * for what the format lets be written otherwise.
 */
export function namedFile(name: (was: string) => string, topic: (was: string) => string = name): string {
  const n = (was: string): string => JSON.stringify(name(was));
  const t = (was: string): string => JSON.stringify(topic(was));
  return `topology: 1
name: ${n("file")}
description: ${n("about")}
kafka:
  brokers: {count: 3, racks: [${n("r1")}, ${n("r2")}, ${n("r3")}]}
  quotas: {${n("app")}: {produce: 10MB/s}}
  topics:
    ${t("events")}: {partitions: 3, replicas: 3}
    ${t("dead")}: {partitions: 1}
rabbitmq:
  nodes: 3
  exchanges:
    ${n("orders")}: {type: headers, arguments: {alternate-exchange: ${n("other")}}}
    ${n("other")}: {type: fanout}
    ${n("topics")}: {type: topic}
    ${n("dlx")}: {type: fanout}
  queues:
    ${n("work")}:
      arguments: {x-dead-letter-exchange: ${n("dlx")}, x-dead-letter-routing-key: ${n("dead.key")}, x-max-length: 5}
    ${n("rest")}: {}
    ${n("failed")}: {}
  bindings:
    - {source: ${n("orders")}, destination: ${n("work")}, arguments: {${n("header")}: ${n("value")}}}
    - {source: ${n("other")}, destination: ${n("rest")}, routing_key: ${n("unused")}}
    - {source: ${n("topics")}, destination: ${n("rest")}, routing_key: ${n("a.key")}}
    - {source: ${n("dlx")}, destination: ${n("failed")}}
  policies:
    ${n("policy")}: {pattern: ${n("^nothing$")}, apply-to: queues, definition: {max-length: 9}}
producers:
  ${n("shop")}: {exchange: ${n("orders")}, rate: 50/s, headers: {${n("header")}: ${n("value")}}, kind: ${n("sale")}}
  ${n("stall")}: {exchange: ${n("orders")}, rate: 5/s, headers: {${n("header")}: ${n("else")}}}
  ${n("talk")}: {exchange: ${n("topics")}, rate: 5/s, routing_key: ${n("b.key")}, key: {constant: ${n("key")}}}
  ${n("app")}: {topic: ${t("events")}, rate: 50/s, key: {constant: ${n("key")}}, config: {client.id: ${n("app")}}}
consumers:
  ${n("hands")}: {queue: ${n("work")}, processing: 30ms, failures: 20%, onFailure: reject}
  ${n("keeper")}: {queue: ${n("rest")}, processing: 1ms}
  ${n("nurse")}: {queue: ${n("failed")}, processing: 1ms}
  ${n("members")}: {topic: ${t("events")}, group: ${n("group")}, instances: 2, processing: 1ms}
timeline:
  - {at: 2s, for: 1s, crash: {consumer: ${n("hands")}}}
  - {at: 4s, for: 1s, stop: {queue: ${n("work")}}}
  - {at: 5s, rate: {producer: ${n("shop")}, factor: 3}}
run: {duration: 8s, seed: 1, trace: 300}
expect:
  - {metric: latency.p99, of: {consumer: ${n("hands")}}, below: 1ms}
  - {metric: depth.max, of: {queue: ${n("work")}}, below: 3}
  - {metric: lag.max, of: {group: ${n("group")}}, below: 1}
  - {metric: unroutable, of: {exchange: ${n("topics")}}, equals: 0}
`;
}
