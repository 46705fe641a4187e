import { expect, test } from "vitest";
import { check } from "../../../src/core/index.ts";
import { expectFormProblems, expectProblems, mended } from "../marked-problems.ts";

const file = (text: string): string => `topology: 1\n${text}`;

test("requests and replies belong to RabbitMQ", () => {
  expectFormProblems(
    file(`kafka: {topics: {t: {}}}
rabbitmq: {queues: {q: {}}}
producers:
  p: {topic: t, rate: 1/s, requests: {timeout: 1s}}
#                          ^^^^^^^^ schema: has no replies
  q: {queue: q, rate: 1/s, requests: {}}
consumers:
  c: {topic: t, group: g, sends: [{reply: true}]}
#                                  ^^^^^ schema: name no reply queue
  d: {queue: q, prefetch: 1, sends: [{reply: true}]}
`),
  );
});

test("a requester may publish in transactions", () => {
  expectFormProblems(
    file(`rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, rate: 1/s, requests: {}, transaction: {messages: 10}}}
consumers: {c: {queue: q, prefetch: 1, sends: [{reply: true}]}}
`),
  );
});

test("a reply goes where its request says", () => {
  expectFormProblems(
    file(`rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, rate: 1/s, requests: {}}}
consumers:
  c: {queue: q, prefetch: 1, sends: [{reply: true, routing_key: a, cc: [b]}]}
#                                                  ^^^^^^^^^^^ schema: goes where its request says
#                                                                  ^^ schema: goes where its request says
  d: {queue: q, prefetch: 1, sends: [{reply: false}]}
#                                            ^^^^^ bad-value: write \`reply: true\`
  e: {queue: q, prefetch: 1, sends: [{reply: true, value: none}]}
#                                                  ^^^^^ schema: belongs to Kafka
  f: {queue: q, prefetch: 1, sends: [{reply: true, queue: q}]}
#                                     ^^^^^ schema: has both
`),
  );
});

test("a reply answers somebody", () => {
  expectFormProblems(
    file(`rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, rate: 1/s}}
consumers: {c: {queue: q, prefetch: 1, sends: [{reply: true}]}}
#                                                      ^^^^ schema: no producer makes any
`),
  );
  expectFormProblems(
    file(`rabbitmq: {queues: {q: {}}}
producers: {p: {queue: q, rate: 2/s, flows: {a: {requests: {}}, b: {}}}}
consumers: {c: {queue: q, prefetch: 1, sends: [{reply: true}]}}
`),
  );
});

test("a reply queue is one requester's", () => {
  expectFormProblems(
    file(`rabbitmq:
  queues: {q: {}, a: {}, b: {}, s: {arguments: {x-queue-type: stream}}}
producers:
  p: {queue: q, rate: 1/s, instances: 2, requests: {replyTo: a}}
#                                                            ^ schema: The 2 instances of \`p\` would share \`a\`
  o: {queue: q, rate: 1/s, requests: {replyTo: b, timeout: 0s}}
#                                                          ^^ bad-value: give up before any reply
  r: {queue: q, rate: 1/s, requests: {replyTo: b}}
#                                              ^ schema: the reply queue of \`o\` already
  t: {queue: q, rate: 1/s, requests: {replyTo: s}}
#                                              ^ schema: is a stream
  u: {queue: q, rate: 1/s, requests: {replyTo: bb}}
#                                              ^^ unknown-reference
  v: {queue: q, rate: 1/s, requests: {replyTo: amq.rabbitmq.reply-to}}
consumers:
  c: {queues: [q, a], prefetch: 1, sends: [{reply: true}]}
#                 ^ schema: take replies away from it
`),
  );
});

test("requests wait in vain where nobody replies", () => {
  const text = file(`rabbitmq:
  queues:
    q: {arguments: {x-message-ttl: 5s, x-dead-letter-exchange: "", x-dead-letter-routing-key: d}}
    d: {}
    e: {}
    replies: {}
producers:
  o: {queue: q, rate: 1/s, requests: {replyTo: replies}}
  p: {queue: e, rate: 1/s, requests: {timeout: 1s}}
#                                    ^^^^^^^^^^^^^ unanswered-requests: each waits until its time-out
  r: {queue: e, rate: 1/s}
consumers:
  c: {queue: q, prefetch: 1, processing: 1ms}
  d: {queue: d, prefetch: 1, processing: 1ms, sends: [{reply: true}]}
  e: {queue: e, prefetch: 1, processing: 1ms, sends: [{queue: q}]}
`);
  const [problem] = expectProblems(text);
  expect(check(mended(text, problem, "Let e reply"))).toEqual([]);
});
