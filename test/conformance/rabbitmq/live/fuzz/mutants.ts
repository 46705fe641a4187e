/** A rule of the simulator done wrong: what its source says, and what it says then. */
export interface Mutant {
  readonly rule: string;
  readonly wrong: string;
  /** In `src/core/queue`. */
  readonly file: string;
  /** Stands there once. */
  readonly says: string;
  readonly becomes: string;
}

const mutant = (rule: string, wrong: string, file: string, says: string, becomes: string): Mutant => ({
  ...{ rule, wrong, file, says, becomes },
});

export const mutants: readonly Mutant[] = [
  mutant(
    ...(["R1", "a queue gets a copy for each way that leads to it", "routing.ts"] as const),
    "return { queues: [...queues], steps,",
    "return { queues: steps.flatMap(({ to }) => (to >= 0 ? [to] : [])), steps,",
  ),
  mutant(
    ...(["R2", "`#` stands for one word or more", "topic-pattern.ts"] as const),
    "for (let rest = word; rest <= given.length; rest++)",
    "for (let rest = word + 1; rest <= given.length; rest++)",
  ),
  mutant(
    ...(["R2", "the empty routing key is one empty word", "topic-pattern.ts"] as const),
    'return text === "" ? [] : text.split(".");',
    'return text.split(".");',
  ),
  mutant(
    ...(["R2", "`*` takes no empty word", "topic-pattern.ts"] as const),
    "if (star !== undefined) visit(star, word + 1);",
    'if (star !== undefined && given[word] !== "") visit(star, word + 1);',
  ),
  mutant(
    ...(["R3", "x- headers never count", "headers-match.ts"] as const),
    'const withX = mode === "all-with-x" || mode === "any-with-x";',
    "const withX = false;",
  ),
  mutant(
    ...(["R3", "headers compare as text", "headers-match.ts"] as const),
    "headers.get(name) === wanted",
    "String(headers.get(name)) === String(wanted)",
  ),
  mutant(
    ...(["R3", "a null argument asks for null", "headers-match.ts"] as const),
    "(wanted === null || ",
    "(",
  ),
  mutant(
    ...(["R4", "exchanges lead to no other exchange", "routing.ts"] as const),
    "else visited.add(-1 - step.to);",
    "else if (step.alternate) visited.add(-1 - step.to);",
  ),
  mutant(
    ...(["R5", "a match that leads to an exchange leaves the alternate in force", "routing.ts"] as const),
    "if (matched.size > 0) return",
    "if ([...matched].some((to) => to >= 0)) return",
  ),
  mutant(
    ...(["R6", "an internal exchange takes publishes", "virtual-host.ts"] as const),
    "return found.settings.internal ? accessRefused : undefined;",
    "return undefined;",
  ),
  mutant(
    ...(["R7", "what reaches no queue is refused", "channel.ts"] as const),
    'this.listener.confirmed(number, "ack");',
    'this.listener.confirmed(number, "nack");',
  ),
  mutant(
    ...(["R8", "consumers see BCC", "channel.ts"] as const),
    '.filter(([name]) => name !== "BCC")',
    ".filter(() => true)",
  ),
  mutant(
    ...(["R8", "an auto-delete exchange stays without bindings", "virtual-host.ts"] as const),
    "if (!exchange.isBound && exchange.settings.autoDelete)",
    "if (exchange.handle < 0)",
  ),
  mutant(
    ...(["R9", "the key's hash is one more", "consistent-hash.ts"] as const),
    "new Draws(hash)",
    "new Draws(hash + 1)",
  ),
  mutant(
    ...(["R9", "a header's hash is that of its name", "consistent-hash.ts"] as const),
    "hashOfValue(headers.get(header), typedHeaders)",
    "hashOfValue(header, typedHeaders)",
  ),
  mutant(
    ...(["R9", "a message id is hashed as one that is missing", "consistent-hash.ts"] as const),
    "hashOfValue(messageId, false)",
    "hashOfValue(undefined, false)",
  ),
  mutant(
    ...(["Q1", "what is requeued goes to the tail", "classic-queue.ts"] as const),
    "this.makeReady(copy);\n    this.ready.putBack(copy);",
    "this.makeReady(copy);\n    this.ready.push(copy);",
  ),
  mutant(
    ...(["Q1", "what was delivered before does not say so", "classic-queue.ts"] as const),
    "copies.redelivered[copy]! |= 1;",
    "copies.redelivered[copy]! |= 0;",
  ),
  mutant(
    ...(["Q2", "returned and requeued change places", "quorum-queue.ts"] as const),
    "if (toFront) this.ready.putBack(copy);",
    "if (!toFront) this.ready.putBack(copy);",
  ),
  mutant(
    ...(["Q3", "a message dies one delivery early", "quorum-queue.ts"] as const),
    "if (count > this.rules.deliveryLimit) {",
    "if (count >= this.rules.deliveryLimit) {",
  ),
  mutant(
    ...(["Q4", "a cancelled consumer that holds messages does not count", "quorum-queue.ts"] as const),
    "return this.consumers - waiting + leaving;",
    "return this.consumers - waiting;",
  ),
  mutant(
    ...(["Q5", "a purge counts what is unacked", "classic-queue.ts"] as const),
    "const count = this.ready.size;",
    "const count = this.ready.size + this.unacked.level;",
  ),
  mutant(
    ...(["Q6", "the newest of a priority goes first", "priority-order.ts"] as const),
    "sequence[copy]! < sequence[this.heap[place]!]!",
    "sequence[copy]! > sequence[this.heap[place]!]!",
  ),
  mutant(
    ...(["Q6", "a priority above the highest is the lowest", "queue-context.ts"] as const),
    "Math.min(this.priorityOf(copy) ?? 0, maxPriority)",
    "(this.priorityOf(copy) ?? 0) % (maxPriority + 1)",
  ),
  mutant(
    ...(["D1", "who got a message keeps its turn", "rotation.ts"] as const),
    "else if (head !== this.tail) {",
    "else if (head === undefined) {",
  ),
  mutant(
    ...(["D1", "priorities of consumers do not count", "rotation.ts"] as const),
    "else if (tail.priority >= subscription.priority) {",
    "else if (tail.priority > -Infinity) {",
  ),
  mutant(
    ...(["D2", "a consumer may hold one more than its prefetch", "channel.ts"] as const),
    "prefetch: this.prefetch === 0 || request.noAck ? Infinity : this.prefetch,",
    "prefetch: this.prefetch === 0 || request.noAck ? Infinity : this.prefetch + 1,",
  ),
  mutant(
    ...(["D3", "an exclusive consumer tolerates others", "consumed-queue.ts"] as const),
    "if (!refused) return undefined;",
    "if (this !== undefined) return undefined;",
  ),
  mutant(
    ...(["D4", "an auto-delete queue stays without consumers", "consumed-queue.ts"] as const),
    "return this.autoDelete && !this.deleted && this.hadConsumers && this.consumers === 0;",
    "return false;",
  ),
  mutant(
    ...(["D5", "the last that waits becomes the active consumer", "single-active.ts"] as const),
    "else this.waiting.push(subscription);",
    "else this.waiting.unshift(subscription);",
  ),
  mutant(
    ...(["X1", "deaths are not counted up", "death.ts"] as const),
    "{ ...known, count: known.count + 1 }",
    "{ ...known }",
  ),
  mutant(
    ...(["X1", "a dead letter keeps its expiration", "death.ts"] as const),
    "    expiration: undefined,",
    "    expiration: content.expiration,",
  ),
  mutant(
    ...(["X2", "older deaths keep their order", "death.ts"] as const),
    "release.reversesDeaths && deaths.length > 1 ? deaths.toReversed() : deaths",
    "deaths",
  ),
  mutant(
    ...(["X3", "a queue's dead letters may come straight back to it", "death.ts"] as const),
    "return at >= 0 && deaths.slice",
    "return at > 0 && deaths.slice",
  ),
  mutant(
    ...(["X4", "at least once, dead letters that nobody has taken leave room", "retention.ts"] as const),
    "    this.dying += by;",
    "    this.dying += 0;",
  ),
  mutant(
    ...(["X5", "the deaths that a client sends do not count", "death.ts"] as const),
    'const value = headers.get("x-death");',
    'const value = headers.get("x-died");',
  ),
  mutant(
    ...(["X6", "the queue's time to live comes before the message's", "retention.ts"] as const),
    "Math.min(this.context.lifetimeOf(copy), this.rules.messageTtl ?? Infinity)",
    "this.rules.messageTtl ?? this.context.lifetimeOf(copy)",
  ),
  mutant(
    ...(["X7", "a queue drops at its length, not above it", "retention.ts"] as const),
    "return this.queue.ready.size + dying > rules.maxLength ||",
    "return this.queue.ready.size + dying >= rules.maxLength ||",
  ),
  mutant(
    ...(["X7", "bytes do not count", "retention.ts"] as const),
    "|| this.bytes + dyingBytes > rules.maxBytes;",
    "|| this.bytes < 0;",
  ),
  mutant(
    ...(["X8", "a refused message is never dead-lettered", "classic-queue.ts"] as const),
    'if (overflow !== "reject-publish-dlx" || deadLetters === undefined) return true;',
    "if (deadLetters === undefined || overflow !== undefined) return true;",
  ),
  mutant(
    ...(["X8", "a full queue takes one more", "retention.ts"] as const),
    "(this.queue.ready.size + 1 > maxLength ||",
    "(this.queue.ready.size > maxLength ||",
  ),
  mutant(
    ...(["X9", "a queue that is used expires", "consumed-queue.ts"] as const),
    "if (this.deleted || this.stalled || this.consumers > 0 || this.idle?.over !== true) return;",
    "if (this.deleted || this.stalled || this.consumers > 0 || this.idle!.over) return;",
  ),
  mutant(
    ...(["S2", "a stream's consumer may hold one more than its prefetch", "stream-queue.ts"] as const),
    "if (subscription.unacked >= subscription.prefetch) return false;",
    "if (subscription.unacked > subscription.prefetch) return false;",
  ),
  mutant(
    ...(["S3", "a publish that a queue refused is confirmed", "channel.ts"] as const),
    'Outcome.refused ? "nack" : "ack"',
    'Outcome.refused ? "ack" : "ack"',
  ),
  mutant(
    ...(["S1", "what is transient survives a restart", "classic-queue.ts"] as const),
    "return this.durable && this.context.contentOf(copy).persistent;",
    "return this.durable;",
  ),
  mutant(
    ...(["policies", "the one of the lowest priority applies", "policies.ts"] as const),
    "policy.priority > best.priority",
    "policy.priority < best.priority",
  ),
  mutant(
    ...(["policies", "one with a key that the queue's type does not know applies", "policies.ts"] as const),
    "!unsupported[type].some((key) => policy.definition.has(key))",
    "unsupported[type].length > 0",
  ),
  mutant(
    ...(["policies", "what the operator says replaces what is tighter", "policies.ts"] as const),
    ": leastOf(value, own.value) !== own.value);",
    ": value !== own.value);",
  ),
  mutant(
    ...(["policies", "a queue's own limit yields to a looser one", "queue-arguments.ts"] as const),
    '(resolution === "least" && leastOf(own, value) !== own)',
    '(resolution === "least" && own !== value)',
  ),
];
