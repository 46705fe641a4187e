import {
  bindingsOf,
  consumersOf,
  exchangesOf,
  key,
  producersOf,
  queuesOf,
  typeOf,
  value,
  type Binding,
  type Draft,
  type FaultKind,
  type Site,
} from "./fault-kinds.ts";

const typeOfExchange = (draft: Draft, name: string) =>
  draft.rabbitmq?.exchanges?.[name]?.type ?? (name === "amq.topic" ? "topic" : "direct");

/** Queues of a type, and the consumer that each has. */
function* readersOf(draft: Draft, type: string): Iterable<readonly [string, string]> {
  for (const [name, { queue = "" }] of consumersOf(draft)) {
    const read = draft.rabbitmq?.queues[queue];
    if (read !== undefined && typeOf(read) === type) yield [queue, name];
  }
}

/** Producers whose messages come to queues of the type alone. */
function sendersTo(draft: Draft, type: string): string[] {
  return producersOf(draft)
    .filter(([, { queue, exchange }]) => {
      const reached =
        queue === undefined
          ? bindingsOf(draft)
              .filter(([, { source }]) => source === exchange)
              .map(([, { destination }]) => destination)
          : [queue];
      const queues = reached.map((name) => draft.rabbitmq?.queues[name]);
      return queues.length > 0 && queues.every((one) => one !== undefined && typeOf(one) === type);
    })
    .map(([name]) => name);
}

/** A queue's own arguments with others in their place or beside them. */
function given(
  draft: Draft,
  queue: string,
  more: Record<string, unknown>,
  wrong: string,
  part: Site["part"],
): Site {
  return {
    plant: () => {
      const own = draft.rabbitmq!.queues[queue]!;
      own.arguments = { ...own.arguments, ...more };
    },
    at: ["rabbitmq", "queues", queue, "arguments", wrong],
    part,
  };
}

function added(draft: Draft, binding: (all: Binding[]) => Binding): Site {
  const { length } = draft.rabbitmq!.bindings;
  return value(draft, ["rabbitmq", "bindings", length], binding(draft.rabbitmq!.bindings));
}

/** Whether any key that the exchange gets comes to the queue. */
function catchesAll(draft: Draft, exchange: string, queue?: string): boolean {
  return bindingsOf(draft).some(
    ([, { source, destination, routing_key: pattern = "" }]) =>
      source === exchange && (queue ?? destination) === destination && /^[#*]$/u.test(pattern),
  );
}

const isLimited = (draft: Draft) => draft.rabbitmq?.policies !== undefined;

/** What the queue model's broker refuses, or what goes wrong there. */
export const rabbitmqFaults: readonly FaultKind[] = [
  {
    what: "dead letters to an exchange that there is not",
    code: "dead-letter-missing",
    sites: (draft) =>
      queuesOf(draft)
        .filter(([, queue]) => typeOf(queue) !== "stream")
        .map(([queue]) =>
          given(draft, queue, { "x-dead-letter-exchange": "graveyard" }, "x-dead-letter-exchange", "value"),
        ),
  },
  {
    what: "dead letters with a key that nothing is bound with",
    code: "dead-letter-unroutable",
    sites: (draft) =>
      queuesOf(draft).flatMap(([queue, { arguments: own }]) => {
        const exchange = own?.["x-dead-letter-exchange"];
        const type = typeof exchange === "string" ? typeOfExchange(draft, exchange) : "";
        const catches = bindingsOf(draft).some(
          ([, { source, routing_key: pattern = "" }]) => source === exchange && pattern.includes("#"),
        );
        if (exchange === "" || (type !== "direct" && type !== "topic") || catches) return [];
        return [
          given(
            draft,
            queue,
            { "x-dead-letter-routing-key": "lost.for.ever" },
            "x-dead-letter-exchange",
            "value",
          ),
        ];
      }),
  },
  {
    what: "dead letters back to their own queue",
    code: "dead-letter-loop",
    sites: (draft) =>
      queuesOf(draft)
        .filter(([, queue]) => typeOf(queue) !== "stream")
        .map(([queue]) =>
          given(
            draft,
            queue,
            { "x-message-ttl": 60_000, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": queue },
            "x-dead-letter-exchange",
            "value",
          ),
        ),
  },
  {
    what: "dead letters of two queues to each other",
    code: "dead-letter-loop",
    sites: (draft) => {
      const names = queuesOf(draft)
        .filter(([, queue]) => typeOf(queue) !== "stream")
        .map(([queue]) => queue);
      return names.slice(1).map((second, index) => {
        const first = names[index]!;
        const to = (queue: string) => ({
          "x-message-ttl": 60_000,
          "x-dead-letter-exchange": "",
          "x-dead-letter-routing-key": queue,
        });
        const one = given(draft, first, to(second), "x-dead-letter-exchange", "value");
        const other = given(draft, second, to(first), "x-dead-letter-exchange", "value");
        return {
          ...one,
          plant: () => {
            one.plant();
            other.plant();
          },
        };
      });
    },
  },
  {
    what: "a binding twice",
    code: "duplicate-binding",
    sites: (draft) => bindingsOf(draft).map(([, binding]) => added(draft, () => ({ ...binding }))),
  },
  {
    what: "a binding that another one covers",
    code: "duplicate-binding",
    sites: (draft) =>
      bindingsOf(draft)
        .filter(
          ([, { source, routing_key: pattern = "" }]) =>
            typeOfExchange(draft, source) === "topic" && /^[^#]*\.#$/u.test(pattern),
        )
        .map(([, binding]) =>
          added(draft, () => ({ ...binding, routing_key: binding.routing_key!.replace("#", "special") })),
        ),
  },
  {
    what: "a key that no binding matches",
    code: "unroutable",
    sites: (draft) =>
      producersOf(draft)
        .filter(([, { exchange = "" }]) => {
          const type = typeOfExchange(draft, exchange);
          const byKey = type === "direct" || type === "topic";
          return exchange !== "" && byKey && !catchesAll(draft, exchange) && !isLimited(draft);
        })
        .map(([name]) => value(draft, ["producers", name, "routing_key"], "nobody-waits-for-this")),
  },
  {
    what: "a binding that no key matches",
    code: "dead-binding",
    sites: (draft) =>
      bindingsOf(draft)
        .filter(
          ([, { source, destination }]) =>
            !catchesAll(draft, source, destination) &&
            ["direct", "topic"].includes(typeOfExchange(draft, source)) &&
            producersOf(draft).some(([, { exchange = "" }]) => exchange !== "" && exchange === source),
        )
        .map(([, { source, destination }]) =>
          added(draft, () => ({ source, destination, routing_key: "never.sent" })),
        ),
  },
  {
    what: "a wildcard inside a word",
    code: "pattern-word",
    sites: (draft) =>
      bindingsOf(draft)
        .filter(([, { source }]) => typeOfExchange(draft, source) === "topic")
        .map(([index]) => value(draft, ["rabbitmq", "bindings", index, "routing_key"], "order*")),
  },
  {
    what: "a key where the exchange does not look at it",
    code: "key-ignored",
    sites: (draft) =>
      bindingsOf(draft)
        .filter(([, { source }]) => ["fanout", "headers"].includes(typeOfExchange(draft, source)))
        .map(([index]) => value(draft, ["rabbitmq", "bindings", index, "routing_key"], "orders")),
  },
  {
    what: "no headers to match",
    code: "headers-without-match",
    sites: (draft) =>
      bindingsOf(draft)
        .filter(([, { source }]) => typeOfExchange(draft, source) === "headers")
        .map(([index, binding]) => ({
          plant: () => void delete binding.arguments,
          at: ["rabbitmq", "bindings", index],
          part: "value" as const,
        })),
  },
  {
    what: "a TTL for a stream",
    code: "argument-conflict",
    sites: (draft) =>
      queuesOf(draft)
        .filter(([, queue]) => typeOf(queue) === "stream")
        .map(([queue]) => given(draft, queue, { "x-message-ttl": 60_000 }, "x-message-ttl", "key")),
  },
  {
    what: "priorities of a quorum queue",
    code: "argument-conflict",
    sites: (draft) =>
      queuesOf(draft).map(([queue]) =>
        given(draft, queue, { "x-queue-type": "quorum", "x-max-priority": 5 }, "x-max-priority", "key"),
      ),
  },
  {
    what: "a delivery limit of a classic queue",
    code: "argument-conflict",
    sites: (draft) =>
      queuesOf(draft)
        .filter(([, queue]) => typeOf(queue) === "classic")
        .map(([queue]) => given(draft, queue, { "x-delivery-limit": 5 }, "x-delivery-limit", "key")),
  },
  {
    what: "a transient quorum queue",
    code: "argument-conflict",
    sites: (draft) =>
      queuesOf(draft)
        .filter(([, queue]) => typeOf(queue) === "quorum")
        .map(([queue]) => value(draft, ["rabbitmq", "queues", queue, "durable"], false)),
  },
  {
    what: "a dead-letter key without an exchange",
    code: "argument-conflict",
    sites: (draft) =>
      queuesOf(draft)
        .filter(([, { arguments: own }]) => own?.["x-dead-letter-exchange"] === undefined)
        .map(([queue]) =>
          given(draft, queue, { "x-dead-letter-routing-key": "dead" }, "x-dead-letter-routing-key", "key"),
        ),
  },
  {
    what: "a quorum queue on one node",
    code: "quorum-nodes",
    sites: (draft) =>
      queuesOf(draft)
        .filter(([, queue]) => typeOf(queue) === "quorum")
        .map(([queue]) => ({
          plant: () => void (draft.rabbitmq!.nodes = 1),
          at: ["rabbitmq", "queues", queue, "arguments", "x-queue-type"],
          part: "value" as const,
        })),
  },
  {
    what: "an exclusive queue of several readers",
    code: "exclusive-access",
    sites: (draft) =>
      [...readersOf(draft, "classic")].map(([queue, reader]) => ({
        plant: () => {
          draft.rabbitmq!.queues[queue]!["exclusive"] = true;
          draft.consumers[reader]!["instances"] = 4;
        },
        at: ["rabbitmq", "queues", queue, "exclusive"],
        part: "value" as const,
      })),
  },
  {
    what: "a queue that lost its only binding",
    code: "unreachable-queue",
    sites: (draft) =>
      bindingsOf(draft)
        .filter(
          ([, { source, destination }]) =>
            draft.rabbitmq!.queues[destination] !== undefined &&
            source !== "" &&
            bindingsOf(draft).filter(([, other]) => other.destination === destination).length === 1,
        )
        .map(([index, { destination }]) => ({
          plant: () => void draft.rabbitmq!.bindings.splice(index, 1),
          at: ["rabbitmq", "queues", destination],
          part: "key" as const,
        })),
  },
  {
    what: "a queue that nobody reads",
    code: "unconsumed-queue",
    sites: (draft) =>
      [...readersOf(draft, "classic")]
        .filter(([queue]) => {
          const own = draft.rabbitmq!.queues[queue]!.arguments ?? {};
          const limited = own["x-message-ttl"] ?? own["x-max-length"];
          return limited === undefined && !isLimited(draft) && consumersOf(draft).length > 1;
        })
        .map(([queue, name]) => ({
          plant: () => void delete draft.consumers[name],
          at: ["rabbitmq", "queues", queue],
          part: "key" as const,
        })),
  },
  {
    what: "failures put back without a limit",
    code: "requeue-loop",
    sites: (draft) =>
      [...readersOf(draft, "classic")].map(([, name]) => value(draft, ["consumers", name, "failures"], "1%")),
  },
  {
    what: "no limit of what a consumer holds",
    code: "unlimited-prefetch",
    sites: (draft) =>
      [...readersOf(draft, "classic")].map(([, name]) => value(draft, ["consumers", name, "prefetch"], 0)),
  },
  {
    what: "a consumer that never acknowledges",
    code: "auto-ack-loss",
    sites: (draft) =>
      [...readersOf(draft, "classic")].map(([, name]) => value(draft, ["consumers", name, "ack"], "auto")),
  },
  {
    what: "one instance holds what others wait for",
    code: "prefetch-hoards",
    sites: (draft) =>
      [...readersOf(draft, "classic")].map(([, name]) => ({
        plant: () =>
          Object.assign(draft.consumers[name]!, { instances: 20, prefetch: 200, processing: "100ms" }),
        at: ["consumers", name, "prefetch"],
        part: "value" as const,
      })),
  },
  {
    what: "more than a consumer of a queue can do",
    code: "overload",
    sites: (draft) =>
      producersOf(draft)
        .filter(([, { queue }]) => queue !== undefined)
        .map(([, { queue }]) => value(draft, ["consumers", `of ${queue}`, "processing"], "500ms")),
  },
  {
    what: "a producer that is told of no loss",
    code: "no-confirms",
    sites: (draft) =>
      [...sendersTo(draft, "classic"), ...sendersTo(draft, "quorum")].map((name) =>
        value(draft, ["producers", name, "confirms"], false),
      ),
  },
  {
    what: "a queue that a restart deletes",
    code: "transient-queue",
    sites: (draft) =>
      producersOf(draft)
        .filter(([, { queue = "" }]) => {
          const to = draft.rabbitmq?.queues[queue];
          return to !== undefined && typeOf(to) === "classic" && to["durable"] !== false;
        })
        .map(([, { queue = "" }]) => value(draft, ["rabbitmq", "queues", queue, "durable"], false)),
  },
  {
    what: "messages that a restart loses",
    code: "transient-message",
    sites: (draft) =>
      sendersTo(draft, "classic")
        .filter((name) => queuesOf(draft).every(([, queue]) => queue["durable"] !== false) && name !== "")
        .map((name) => value(draft, ["producers", name, "properties", "delivery_mode"], 1)),
  },
  {
    what: "priorities for a queue that has none",
    code: "priority-without-queue",
    sites: (draft) =>
      sendersTo(draft, "classic").map((name) =>
        value(draft, ["producers", name, "properties", "priority"], 5),
      ),
  },
  {
    what: "exchanges bound in a circle",
    code: "exchange-cycle",
    sites: (draft) => {
      const names = exchangesOf(draft)
        .map(([name]) => name)
        .filter((name) => name !== "");
      return names.slice(1).map((second, index) => {
        const first = names[index]!;
        const { length } = draft.rabbitmq!.bindings;
        const bound = (source: string, destination: string) => ({
          source,
          destination,
          destination_type: "exchange",
        });
        return {
          plant: () => void draft.rabbitmq!.bindings.push(bound(first, second), bound(second, first)),
          at: ["rabbitmq", "bindings", length + 1],
          part: "value" as const,
        };
      });
    },
  },
  {
    what: "an exchange that nobody publishes to",
    code: "unused-exchange",
    sites: (draft) =>
      draft.rabbitmq === undefined
        ? []
        : [key(draft, ["rabbitmq", "exchanges", "spare"], { type: "fanout" })],
  },
  {
    what: "a length limit without dead letters",
    code: "silent-expiry",
    sites: (draft) =>
      queuesOf(draft)
        .filter(([, { arguments: own = {} }]) =>
          ["x-dead-letter-exchange", "x-message-ttl", "x-max-length"].every(
            (name) => own[name] === undefined,
          ),
        )
        .filter(([, queue]) => typeOf(queue) !== "stream" && !isLimited(draft))
        .map(([queue]) => given(draft, queue, { "x-max-length": 1000 }, "x-max-length", "key")),
  },
];
