// The models in simjs, which leaves itself on `window`.
const scope = /** @type {any} */ (globalThis);
scope.window ??= {};
await import(new URL("../node_modules/simjs/sim.js", import.meta.url).href);
const { Sim, Entity, Facility, Random } = scope.window.Sim;

/** Starts a model whose entity sends one message at each arrival; answers the mean of what it recorded. */
function simulate(messages, rate, send) {
  const random = new Random(1);
  let sum = 0;
  let left = messages;
  class Source extends Entity {
    start() {
      if (left-- > 0)
        this.setTimer(random.exponential(rate)).done(() => {
          send(this, random, (value) => (sum += value));
          this.start();
        });
    }
  }
  const sim = new Sim();
  sim.addEntity(Source);
  sim.simulate(Number.MAX_VALUE);
  return sum / messages;
}

export function singleServer(messages) {
  const server = new Facility("server");
  return simulate(messages, 0.8, (source, random, record) => {
    const arrived = source.time();
    const service = random.exponential(1);
    source.useFacility(server, service).done(() => record(source.time() - arrived - service));
  });
}

export function pipeline(messages, partitions = 8) {
  const logs = Array.from({ length: partitions }, () => new Facility("log"));
  const handlers = Array.from({ length: partitions }, () => new Facility("handler"));
  return simulate(messages, 0.8 * partitions, (source, random, record) => {
    const sent = source.time();
    const partition = Math.floor(random.random() * 1000) % partitions;
    const acknowledged = () => record(source.time() - sent);
    const handled = () => source.setTimer(3).done(acknowledged);
    const received = () => source.useFacility(handlers[partition], random.exponential(1)).done(handled);
    const appended = () => source.setTimer(3).done(received);
    source.useFacility(logs[partition], random.exponential(1)).done(appended);
  });
}
