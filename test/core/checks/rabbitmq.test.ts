import { describe, expect, test } from "vitest";
import { check } from "../../../src/core/index.ts";
import { expectProblems } from "../marked-problems.ts";

const file = (text: string): string => `topology: 1\n${text}`;
const codes = (text: string): string[] => check(text).map(({ code }) => code);

describe("ways in and out", () => {
  test("lead to every queue and exchange", () => {
    expectProblems(
      file(`rabbitmq:
  exchanges: {used: {type: fanout}, spare: {type: fanout}}
#                                   ^^^^^ unused-exchange: Nothing publishes to exchange \`spare\`
  queues:
    a: {}
    b: {}
#   ^ unreachable-queue: Nothing can arrive in queue \`b\`
    c: {arguments: {x-dead-letter-exchange: "", x-dead-letter-routing-key: d}}
    d: {}
  bindings: [{source: used, destination: c}, {source: spare, destination: d}]
producers: {p: {queue: a, rate: 1/s}, q: {exchange: used, rate: 1/s}}
`),
    );
    // A file that only declares has its publishers elsewhere.
    expectProblems(file("rabbitmq: {exchanges: {e: {}}, queues: {a: {}}}\n"));
  });

  test("count the default exchange, cc and alternates", () => {
    expectProblems(
      file(`rabbitmq:
  exchanges: {e: {arguments: {alternate-exchange: rest}}, rest: {type: fanout}}
  queues: {a: {}, b: {}, c: {}}
  bindings: [{source: rest, destination: c}]
producers: {p: {queue: a, rate: 1/s, cc: [b]}, q: {exchange: e, rate: 1/s}}
`),
    );
  });

  test("end at a consumer or a limit", () => {
    expectProblems(
      file(`rabbitmq:
  queues:
    a: {}
    b: {}
#   ^ unconsumed-queue: Nobody consumes queue \`b\`
    c: {arguments: {x-expires: 60s}}
producers: {p: {queue: a, rate: 1/s, cc: [b, c]}}
consumers: {d: {queue: a, prefetch: 1}}
`),
    );
  });
});

describe("routing", () => {
  const shop = (keys: string, binding = 'routing_key: "order.placed.*"') =>
    file(`rabbitmq:
  exchanges: {orders: {type: topic}}
  queues: {work: {}}
  bindings:
    - {source: orders, destination: work, ${binding}}
producers:
  shop: {exchange: orders, rate: 1/s, routing_key: ${keys}}
`);

  test("names each key that leads nowhere", () => {
    expectProblems(
      `${shop("{order.placed.eu: 1, order.gone: 1, order.lost: 0, order.plced.eu: 1}")}\
#                                                                       ^^^^^^^^^^ unroutable: the routing key \`order.gone\` of \`shop\`: these messages are dropped
#                                                                                                     ^^^^^^^^^^^^^^ unroutable: \`order.plced.eu\`
`,
    );
    expect(codes(shop("order.placed.eu"))).toEqual([]);
    expect(codes(shop("order.placed.eu").replace("rate", "mandatory: true, rate"))).toEqual([]);
    expect(check(shop("order.x").replace("rate", "mandatory: true, rate"))[1]?.message).toContain(
      "are returned",
    );
  });

  test("fills templates with the keys of the flow", () => {
    const text = shop('"order.{key}"', 'routing_key: "order.1"').replace("rate", "key: {values: 3}, rate");
    expect(check(text).map(({ message }) => message)).toEqual([
      expect.stringContaining("the routing keys `order.0` and `order.2` of `shop`"),
    ]);
  });

  test("goes by headers where the exchange does", () => {
    expectProblems(
      file(`rabbitmq:
  exchanges: {reports: {type: headers}}
  queues: {pdf: {}}
  bindings:
    - {source: reports, destination: pdf, arguments: {format: pdf}}
producers:
  a: {exchange: reports, rate: 1/s, headers: {format: pdf}}
  b: {exchange: reports, rate: 1/s, headers: {format: xls}}
#               ^^^^^^^ unroutable: matches the headers of \`b\`
`),
    );
  });

  test("tells bindings that carry nothing", () => {
    expectProblems(
      file(`rabbitmq:
  exchanges: {orders: {type: direct}, spare: {type: direct}, all: {type: fanout}}
#                                     ^^^^^ unused-exchange
  queues: {work: {}, rest: {}}
  bindings:
    - {source: orders, destination: work, routing_key: placed}
    - {source: orders, destination: rest, routing_key: refund}
#                                                      ^^^^^^ dead-binding: matches the binding \`refund\` of \`rest\`
    - {source: spare, destination: rest, routing_key: x}
    - {source: all, destination: orders, destination_type: exchange}
producers: {shop: {exchange: all, rate: 1/s, routing_key: placed}}
`),
    );
  });

  test("says nothing of what is missing while a part is broken", () => {
    expect(codes(shop("order.x").replace("queues: {work: {}}", "queues: {work: {durabel: true}}"))).toEqual([
      "schema",
    ]);
  });
});

describe("bindings", () => {
  const bound = (type: string, bindings: string) =>
    file(`rabbitmq:
  exchanges: {e: {type: ${type}}, f: {type: topic}}
  queues: {a: {}, b: {}}
  bindings:
${bindings}`);

  test("are not there twice", () => {
    const problems = expectProblems(
      bound(
        "topic",
        `    - {source: e, destination: a, routing_key: "x.*"}
    - {source: e, destination: b, routing_key: "x.*"}
    - {source: e, destination: a, routing_key: "x.*"}
#                                              ^^^^^ duplicate-binding: is bound to exchange \`e\` in this way already
    - {source: e, destination: b, routing_key: "#.y"}
    - {source: e, destination: a, routing_key: x.y}
#                                              ^^^ duplicate-binding: The binding \`x.*\` of \`a\`
    - {source: f, destination: a, routing_key: "x.#"}
    - {source: f, destination: a, routing_key: "x.*.#"}
#                                              ^^^^^^^ duplicate-binding: The binding \`x.#\`
    - {source: f, destination: b, routing_key: "x.*.#"}
#                                              ^^^^^^^ duplicate-binding: The binding \`#\`
    - {source: f, destination: b, routing_key: "#"}
`,
      ),
    );
    for (const { related } of problems) expect(related).toHaveLength(1);
    expectProblems(
      bound(
        "headers",
        `    - {source: e, destination: a, arguments: {x: 1, y: 2}}
    - {source: e, destination: a, arguments: {y: 2, x: 1}}
#                              ^ duplicate-binding
    - {source: e, destination: a, arguments: {y: 2, x: "1"}}
`,
      ),
    );
  });

  test("mean what they say", () => {
    expectProblems(
      bound(
        "fanout",
        `    - {source: e, destination: a, routing_key: x}
#                                              ^ key-ignored: Exchange \`e\` is of type fanout
    - {source: f, destination: a, routing_key: "order*.#"}
#                                              ^^^^^^^^^^ pattern-word: the word \`order*\` is literal
    - {source: f, destination: b, routing_key: "order.*.#"}
`,
      ),
    );
    expectProblems(
      bound(
        "headers",
        `    - {source: e, destination: a, arguments: {x-match: any, x-y: 1}}
#                                            ^^^^^^^^^^^^^^^^^^^^^^ headers-without-match: with \`x-match: any\` it matches no message
    - {source: e, destination: b}
#                              ^ headers-without-match: matches every message
    - {source: e, destination: b, arguments: {x-match: any-with-x, x-y: 1}}
`,
      ),
    );
  });

  test("go in no circle", () => {
    expectProblems(
      bound(
        "topic",
        `    - {source: e, destination: f, destination_type: exchange, routing_key: "#"}
    - {source: f, destination: e, destination_type: exchange, routing_key: "#"}
#                              ^ exchange-cycle: Exchanges \`e\` and \`f\` are bound in a circle
    - {source: f, destination: amq.fanout, destination_type: exchange, routing_key: "#"}
`,
      ),
    );
  });
});

describe("dead letters", () => {
  test("go somewhere", () => {
    expectProblems(
      file(`rabbitmq:
  exchanges: {dlx: {type: direct}, letters: {type: fanout}, empty: {type: topic}}
  queues:
    a: {arguments: {x-dead-letter-exchange: dlq}}
#                                           ^^^ dead-letter-missing: Did you mean \`dlx\`?
    b: {arguments: {x-dead-letter-exchange: dlx}}
#                                           ^^^ dead-letter-unroutable: with the routing key \`b\` match no binding of exchange \`dlx\`
    c: {arguments: {x-dead-letter-exchange: letters}}
    d: {arguments: {x-dead-letter-exchange: dlx, x-dead-letter-routing-key: failed}}
    e: {arguments: {x-dead-letter-exchange: empty}}
#                                           ^^^^^ dead-letter-unroutable: match no binding of exchange \`empty\`
    failed: {}
  bindings:
    - {source: letters, destination: failed}
    - {source: dlx, destination: failed, routing_key: failed}
producers: {p: {flows: {a: {queue: a, rate: 1/s}, b: {queue: b, rate: 1/s}, c: {queue: c, rate: 1/s}, d: {queue: d, rate: 1/s}, e: {queue: e, rate: 1/s}}}}
`),
    );
  });

  test("do not circle", () => {
    const retry = (failures: string, ttl: string) =>
      file(`rabbitmq:
  queues:
    work: {arguments: {x-message-ttl: 1h, x-dead-letter-exchange: "", x-dead-letter-routing-key: retry}}
    retry: {arguments: {${ttl}x-dead-letter-exchange: "", x-dead-letter-routing-key: work}}
producers: {p: {queue: work, rate: 1/s}}
consumers: {w: {queue: work, prefetch: 5, processing: 5ms${failures}}, r: {queue: retry, prefetch: 5}}
`);
    const [problem] = check(retry(", failures: 1%, onFailure: reject", "x-message-ttl: 5s, "));
    expect(problem).toMatchObject({
      code: "dead-letter-loop",
      message: expect.stringContaining("by way of `retry`. A consumer's reject lies on the way") as string,
    });
    expect(check(retry("", "x-message-ttl: 5s, "))[0]?.message).toContain(
      "RabbitMQ drops a message when it comes round",
    );
    // Nothing makes messages of `retry` die.
    expect(codes(retry(", failures: 1%, onFailure: reject", ""))).toEqual([]);
  });

  test("are kept", () => {
    expectProblems(
      file(`rabbitmq:
  queues:
    a: {arguments: {x-message-ttl: 5s}}
#                   ^^^^^^^^^^^^^ silent-expiry: takes messages out of queue \`a\`
    b: {arguments: {x-max-length: 5, x-overflow: reject-publish}}
    c: {arguments: {x-queue-type: stream, x-max-length-bytes: 5GB}}
    d: {arguments: {x-max-length: 5}}
#                   ^^^^^^^^^^^^ silent-expiry
`),
    );
  });
});

describe("consumers", () => {
  test("end with what fails", () => {
    expectProblems(
      file(`rabbitmq:
  queues: {a: {}, b: {}}
producers: {p: {queue: a, rate: 1/s}, q: {queue: b, rate: 1/s}}
consumers:
  a: {queue: a, prefetch: 5, failures: 1%, onFailure: requeue}
#                                                     ^^^^^^^ requeue-loop: queue \`a\` has no delivery limit
  b: {queue: b, prefetch: 5, failures: 1%}
#                                      ^^ requeue-loop
  c: {queue: b, prefetch: 5, failures: 1%, onFailure: reject}
  d: {queue: b, prefetch: 5}
`),
    );
    const quorum = (version: string, limit = "") =>
      codes(
        file(`rabbitmq:
  version: "${version}"
  # brokerlab-disable-next-line quorum-nodes
  queues: {a: {arguments: {x-queue-type: quorum${limit}}}}
producers: {p: {queue: a, rate: 1/s}}
consumers: {a: {queue: a, prefetch: 5, failures: 1%}}
`),
      );
    expect(quorum("4.0")).toEqual([]);
    expect(quorum("3.13")).toEqual(["requeue-loop"]);
    expect(quorum("3.13", ", x-delivery-limit: 5")).toEqual([]);
    expect(quorum("4.1", ", x-delivery-limit: -1")).toEqual(["requeue-loop"]);
  });

  test("hold what they work on", () => {
    expectProblems(
      file(`rabbitmq: {queues: {a: {}, b: {}}}
producers: {p: {queue: a, rate: 1/s}, q: {queue: b, rate: 1/s}}
consumers:
  a: {queue: a, processing: 5ms}
# ^ unlimited-prefetch: \`a\` has no prefetch limit
  b: {queue: a, prefetch: 0, processing: 5ms}
#                         ^ unlimited-prefetch
  c: {queue: a, ack: auto, processing: 5ms}
#                    ^^^^ auto-ack-loss: is lost when it crashes
  d: {queue: a, prefetch: {channel: 5}, processing: 5ms}
  e: {queue: a, ack: early, prefetch: 5, processing: 5ms}
  f: {queue: a, prefetch: 20, processing: 500ms}
#                         ^^ prefetch-hoards: the last one waits 9.5 s there
  g: {queue: a, prefetch: 20, processing: 50ms}
  h: {queue: b, prefetch: 20, processing: 500ms}
`),
    );
  });

  test("keep a message for longer than the broker waits", () => {
    const slow = (version: string, config: string) =>
      check(
        file(`rabbitmq: {version: "${version}", config: {${config}}, queues: {a: {}}}
producers: {p: {queue: a, rate: 1/h}}
consumers: {c: {queue: a, prefetch: 1, processing: 2m}}
`),
      ).filter(({ code }) => code === "ack-timeout");
    expect(slow("4.1", "consumer_timeout: 3m")).toEqual([]);
    expect(slow("4.1", "consumer_timeout: 90s")[0]!.message).toMatch(
      /after 1.5 min without an ack \(consumer_timeout\).*Give the queue a longer `x-consumer-timeout`/u,
    );
    const [old] = slow("3.10", "consumer_timeout: 90s");
    expect(old!.message).toContain("Set a longer `consumer_timeout`");
    expect(old!.fixes!.map(({ title }) => title)).toContain("Set consumer_timeout: 4m");

    expectProblems(
      file(`rabbitmq:
  queues:
    a: {}
    b: {arguments: {x-consumer-timeout: 1m}}
  policies: {p: {pattern: b, definition: {consumer-timeout: 30s}}}
producers: {p: {queue: a, rate: 1/h}, q: {queue: b, rate: 1/h}}
consumers:
  c: {queue: a, prefetch: 1, processing: 29m}
  d: {queue: a, prefetch: 1, processing: 31m}
#                                        ^^^ ack-timeout: works 31 min on a message; after 30 min without an ack (consumer_timeout)
  e: {queue: a, prefetch: 1, processing: 31m, ack: early}
  f: {queue: b, prefetch: 2, processing: 20s}
#                         ^ ack-timeout: the last of 2 that it holds waits 40 s; after 30 s without an ack (consumer-timeout of policy p)
  g: {queue: b, prefetch: 2, concurrency: 2, processing: 20s}
  h: {queue: b, prefetch: 1, processing: {perMessage: 1s, byKey: {x: 40s}}}
#                                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ ack-timeout
`),
    );
  });
});

describe("producers", () => {
  test("send what a restart leaves", () => {
    expectProblems(
      file(`rabbitmq:
  queues:
    a: {durable: false}
#                ^^^^^ transient-queue: with the persistent messages of \`p\`
    b: {}
    c: {durable: false}
producers:
  p: {queue: a, rate: 1/s}
  q: {queue: b, rate: 1/s, properties: {delivery_mode: 1}}
#                                                      ^ transient-message: out of the durable queue \`b\`
  r: {queue: c, rate: 1/s, properties: {delivery_mode: 1}}
  s: {queue: b, rate: 1/s}
`),
    );
  });

  test("hear of refusals", () => {
    expectProblems(
      file(`rabbitmq:
  queues: {a: {arguments: {x-max-length: 9, x-overflow: reject-publish}}, b: {arguments: {x-overflow: reject-publish}}}
producers:
  p: {queue: a, rate: 1/s, confirms: false}
#                                    ^^^^^ no-confirms: the full queue \`a\` has refused a message
  q: {queue: a, rate: 1/s, confirms: true}
  r: {queue: b, rate: 1/s}
`),
    );
  });

  test("use priorities that there are", () => {
    expectProblems(
      file(`rabbitmq: {queues: {a: {}, b: {arguments: {x-max-priority: 3}}}}
producers:
  p: {queue: a, rate: 1/s, properties: {priority: 5}}
#                                                 ^ priority-without-queue: Queue \`a\` has no priorities
  q: {queue: b, rate: 1/s, properties: {priority: 5}}
#                                                 ^ priority-without-queue: counts as 3
  r: {queue: b, rate: 1/s, properties: {priority: 3}}
  s: {queue: a, rate: 1/s, properties: {priority: 0}}
`),
    );
  });

  test("let messages of one lifetime queue together", () => {
    expectProblems(
      file(`rabbitmq: {queues: {a: {}, b: {}}}
producers:
  p: {queue: a, rate: 1/s, properties: {expiration: 5s}}
#                                                   ^^ ttl-behind-head: Messages of \`p\` expire earlier than those of \`q\`
  q: {queue: a, rate: 1/s}
  r: {queue: b, rate: 1/s, properties: {expiration: 5s}}
  s: {queue: b, rate: 1/s, properties: {expiration: 5s}}
`),
    );
  });
});

test("queues are declared as their type allows", () => {
  expectProblems(
    file(`rabbitmq:
  version: "3.13"
  queues:
    a: {durable: false, arguments: {x-queue-type: quorum, x-max-priority: 5}}
#                ^^^^^ argument-conflict: is always durable
#                                                 ^^^^^^ quorum-nodes: has 1 node
#                                                         ^^^^^^^^^^^^^^ argument-conflict: is for classic queues, but \`a\` is a quorum queue
    b: {auto_delete: true, arguments: {x-queue-type: stream}}
#                    ^^^^ argument-conflict: cannot be auto-delete
    c: {arguments: {x-dead-letter-routing-key: d}}
#                   ^^^^^^^^^^^^^^^^^^^^^^^^^ argument-conflict: needs \`x-dead-letter-exchange\` beside it
    d: {durable: false, auto_delete: true, arguments: {x-max-priority: 5}}
    e: {exclusive: true, arguments: {x-queue-type: stream}}
#                  ^^^^ argument-conflict: cannot be exclusive
    f: {exclusive: true, preload: {messages: 5}}
#                        ^^^^^^^ argument-conflict: cannot hold messages when the run starts
    g: {arguments: {x-queue-leader-locator: balanced}}
#                   ^^^^^^^^^^^^^^^^^^^^^^ argument-conflict: is for quorum and stream queues, but \`g\` is a classic queue
    h: {arguments: {x-queue-master-locator: min-masters}}
`),
  );
  expect(codes(file("rabbitmq: {queues: {a: {arguments: {x-queue-leader-locator: balanced}}}}\n"))).toEqual(
    [],
  );
});

test("one connection has a queue to itself", () => {
  expectProblems(
    file(`rabbitmq:
  queues:
    a: {exclusive: true}
#                  ^^^^ exclusive-access: \`c\` would read it with 3 at a time: 2 are refused
    b: {exclusive: true}
#                  ^^^^ exclusive-access: Nobody reads the exclusive queue \`b\`
    alone: {exclusive: true}
    replies: {exclusive: true}
    d: {}
    e: {}
producers:
  p: {queue: a, rate: 1/s, cc: [b, alone, d, e]}
  r: {queue: e, rate: 1/s, requests: {replyTo: replies}}
consumers:
  c: {queue: a, instances: 3, prefetch: 1}
  first: {queue: alone, prefetch: 1, until: 5s}
  second: {queue: alone, prefetch: 1, from: 6s}
  x: {queue: d, prefetch: 1, exclusive: true}
#                                       ^^^^ exclusive-access: \`x\` wants queue \`d\` for itself, but \`x\` and \`y\` would read it with 2 at a time: 1 is refused
  y: {queue: d, prefetch: 1}
  z: {queue: e, prefetch: 1, exclusive: true, sends: [{reply: true}]}
`),
  );
});

test("a version that is older than what the engine knows is told, and checked by the oldest that it knows", () => {
  expectProblems(
    file(`rabbitmq:
  version: "3.8"
#          ^^^^^ not-simulated-yet: What runs now are the rules of 3.10 and later
  queues: {a: {}}
producers: {p: {queue: a, rate: 1/s, properties: {priority: 1}}}
#                                                           ^ priority-without-queue
consumers: {c: {queue: a, processing: 1ms, prefetch: 1}}
`),
  );
  expect(
    codes(file("rabbitmq: {version: next, queues: {a: {}}}\nproducers: {p: {queue: a, rate: 1/s}}\n")),
  ).toEqual(["bad-value"]);
});

test("names that the broker keeps for itself, or cannot carry", () => {
  const long = "q".repeat(256);
  expectProblems(
    file(`rabbitmq:
  exchanges:
    amq.topic: {type: topic}
    amq.direct: {type: fanout}
#                      ^^^^^^ schema: of type direct, and refuses to declare it with another
    amq.headers: {}
#   ^^^^^^^^^^^ schema: of type headers
    amq.rabbitmq.log: {type: topic}
    amq.orders: {type: topic}
#   ^^^^^^^^^^ schema: refuses to declare exchange
  queues:
    amq.gen: {}
#   ^^^^^^^ schema: refuses to declare queue
    ${long.slice(1)}: {}
    ${long}: {}
#   ${"^".repeat(256)} schema: more than 255 bytes
    ${"é".repeat(127)}: {}
    ${"é".repeat(128)}: {}
#   ${"^".repeat(128)} schema: more than 255 bytes
`),
  );
});

test("what is published to an internal exchange is refused", () => {
  expectProblems(
    file(`rabbitmq:
  exchanges: {in: {type: fanout}, hidden: {type: fanout, internal: true}}
  queues: {a: {}}
  bindings:
    - {source: in, destination: hidden, destination_type: exchange}
    - {source: hidden, destination: a}
producers:
  p: {exchange: in, rate: 1/s}
  q: {exchange: hidden, rate: 1/s}
#               ^^^^^^ unroutable: the broker refuses what \`q\` publishes to it (403)
`),
  );
});

test("a quorum queue has no reject-publish-dlx", () => {
  expectProblems(
    file(`rabbitmq:
  nodes: 3
  exchanges: {dlx: {type: fanout}}
  queues:
    a: {arguments: {x-queue-type: quorum, x-max-length: 10, x-overflow: reject-publish-dlx, x-dead-letter-exchange: dlx}}
#                                                                       ^^^^^^^^^^^^^^^^^^ argument-conflict: drops the head of \`a\` instead
    b: {arguments: {x-max-length: 10, x-overflow: reject-publish-dlx, x-dead-letter-exchange: dlx}}
    c: {}
  bindings: [{source: dlx, destination: c}]
`),
  );
});

test("what the engine lacks of a setting does not silence what is known of the queues", () => {
  expectProblems(
    file(`rabbitmq:
  nodes: 3
  config: {cluster_partition_handling: pause_if_all_down}
#                                      ^^^^^^^^^^^^^^^^^ not-simulated-yet
  exchanges: {x: {}}
  queues: {a: {}, s: {arguments: {x-queue-type: quorum}}}
  bindings: [{source: x, destination: a, routing_key: a}, {source: x, destination: s, routing_key: s}]
#                                                                                                  ^ dead-binding
producers: {p: {exchange: x, routing_key: a, rate: 1/s, confirms: true}}
consumers: {r: {queues: [a, s], prefetch: 1}}
`),
  );
});

test("policies that apply to nothing", () => {
  expectProblems(
    file(`rabbitmq:
  exchanges: {x: {}}
  queues: {a: {}, q: {arguments: {x-queue-type: quorum}}}
  nodes: 3
  policies:
    first: {pattern: ^a$, definition: {max-length: 10, overflow: reject-publish}}
    outranked: {pattern: a, definition: {max-length: 20, overflow: reject-publish}, priority: -1}
    predeclared: {pattern: ^amq.topic$, definition: {alternate-exchange: x}}
    none: {pattern: ^b$, definition: {max-length: 10}}
#                   ^^^ idle-policy: no queue or exchange of the file has a name that
    other: {pattern: ^x$, apply-to: queues, definition: {max-length: 10}}
#                    ^^^ idle-policy: no queue of the file
    type: {pattern: ^a$, definition: {max-length: 10, delivery-limit: 3}}
#                   ^^^ idle-policy: it says what is not for classic queues, so the broker passes \`a\` by
  operator_policies:
    limit: {pattern: ^c$, definition: {max-length: 10}}
#                    ^^^ idle-policy
`),
  );
  // What the policies are for is elsewhere.
  expectProblems(file('rabbitmq: {policies: {p: {pattern: "^b$", definition: {max-length: 10}}}}\n'));
});

test("policies count as arguments do", () => {
  expectProblems(
    file(`rabbitmq:
  exchanges: {events: {type: topic}, spare: {type: fanout}}
  queues: {a: {}, b: {}, c: {}}
  bindings: [{source: spare, destination: c}]
  policies:
    dead: {pattern: "^[ab]$", apply-to: queues, definition: {dead-letter-exchange: dlx, message-ttl: 5s}}
#                                                                                  ^^^ dead-letter-missing: dead letters of queue \`a\` vanish
    late: {pattern: "^c$", apply-to: queues, definition: {message-ttl: 5s}}
#                                                         ^^^^^^^^^^^ silent-expiry: \`message-ttl of policy late\` takes messages out of queue \`c\`
    rest: {pattern: "^events$", apply-to: exchanges, definition: {alternate-exchange: spare}}
producers:
  p: {queue: a, rate: 1/s}
  q: {queue: b, rate: 1/s}
  r: {exchange: events, rate: 1/s, routing_key: x}
`),
  );
});
