// The models on the engine's kernel: its event list, lanes, message pool, draws and statistics.
import { hash, Lines } from "./peers/loop.mjs";

const arrival = 0;
const appended = 1;
const received = 2;
const handled = 3;
const acknowledged = 4;

export function singleServer(messages, engine) {
  const kernel = new engine.Kernel(1);
  const model = new SingleServer(kernel, engine, messages);
  kernel.advance(Infinity, Infinity);
  return model.wait.mean / 1e6;
}

class SingleServer {
  constructor(kernel, { Messages, Histogram, LevelSeries }, messages) {
    this.kernel = kernel;
    this.base = kernel.register(this);
    this.random = kernel.stream("single server");
    this.messages = new Messages();
    this.line = new Lines(1);
    this.wait = new Histogram();
    this.waiting = new LevelSeries(Infinity);
    this.left = messages;
    kernel.at((this.random.exponential() * 1e6) / 0.8, this.base | arrival, 0, 0);
  }

  handle(kind, message) {
    if (kind === arrival) this.arrive();
    else {
      this.messages.release(message);
      const following = this.line.leave(0, this.messages.next);
      if (following >= 0) {
        this.waiting.add(this.kernel.now, -1);
        this.serve(following);
      }
    }
  }

  arrive() {
    const { kernel, messages } = this;
    if (--this.left > 0) kernel.after((this.random.exponential() * 1e6) / 0.8, this.base | arrival, 0, 0);
    const message = messages.allocate();
    messages.sentAt[message] = kernel.now;
    if (this.line.enter(0, message, messages.next)) this.serve(message);
    else this.waiting.add(kernel.now, 1);
  }

  serve(message) {
    this.wait.record(this.kernel.now - this.messages.sentAt[message]);
    this.kernel.after(this.random.exponential() * 1e6, this.base | handled, message, 0);
  }
}

export function pipeline(messages, engine) {
  const kernel = new engine.Kernel(1);
  const model = new Pipeline(kernel, engine, messages, 8);
  kernel.advance(Infinity, Infinity);
  return model.latency.mean / 1e6;
}

class Pipeline {
  constructor(kernel, { Messages, Histogram }, messages, partitions) {
    this.kernel = kernel;
    this.base = kernel.register(this);
    this.random = kernel.stream("pipeline");
    this.messages = new Messages();
    this.partitions = partitions;
    this.logs = new Lines(partitions);
    this.handlers = new Lines(partitions);
    this.lane = kernel.lane();
    this.latency = new Histogram();
    this.left = messages;
    this.interval = 1e6 / (0.8 * partitions);
    kernel.at(this.random.exponential() * this.interval, this.base | arrival, 0, 0);
  }

  handle(kind, message) {
    const { kernel, messages } = this;
    switch (kind) {
      case arrival:
        return this.arrive();
      case appended:
        this.leave(this.logs, message, appended);
        return kernel.atLane(this.lane, kernel.now + 3e6, this.base | received, message, 0);
      case received:
        return this.enter(this.handlers, message, handled);
      case handled:
        this.leave(this.handlers, message, handled);
        return kernel.atLane(this.lane, kernel.now + 3e6, this.base | acknowledged, message, 0);
      case acknowledged:
        this.latency.record(kernel.now - messages.sentAt[message]);
        messages.release(message);
    }
  }

  arrive() {
    const { kernel, messages } = this;
    if (--this.left > 0) kernel.after(this.random.exponential() * this.interval, this.base | arrival, 0, 0);
    const message = messages.allocate();
    messages.sentAt[message] = kernel.now;
    messages.key[message] = hash(this.random.below(1000)) & (this.partitions - 1);
    this.enter(this.logs, message, appended);
  }

  enter(lines, message, done) {
    if (lines.enter(this.messages.key[message], message, this.messages.next)) this.serve(message, done);
  }

  leave(lines, message, done) {
    const following = lines.leave(this.messages.key[message], this.messages.next);
    if (following >= 0) this.serve(following, done);
  }

  serve(message, done) {
    this.kernel.after(this.random.exponential() * 1e6, this.base | done, message, 0);
  }
}
