// node bench/routing.mjs: routes by topic patterns, in the exchange's trie and one pattern after the other.
import { isEntry } from "../scripts/paths.mjs";
import { loadEngine } from "./load-engine.mjs";
import { median } from "./measure.mjs";

const words = ["order", "mail", "device", "placed", "cancelled", "temp", "eu", "us", "asia", "a", "b", "c"];
const rounds = 5;
const keysAtATime = { trie: 100_000, naive: 20 };

const milliseconds = (work) => {
  const start = performance.now();
  work();
  return performance.now() - start;
};

/** Lines of a table: bindings of one topic exchange declared, and a key's queues found. */
export function measureRouting({ RandomStream, VirtualHost, route, topicMatches }) {
  const rows = [1_000, 10_000, 100_000].map((count) => {
    const random = new RandomStream(1, "routing");
    const word = (wild) => {
      const at = random.below(wild ? 20 : 12);
      return at < 12 ? words[at] : at < 16 ? "*" : at === 16 ? "#" : `w${random.below(1_000)}`;
    };
    const pattern = () => [`t${random.below(count / 10)}`, word(true), word(true), word(true)].join(".");
    const key = () => [`t${random.below(count / 10)}`, word(false), word(false), word(false)].join(".");
    const patterns = Array.from({ length: count }, pattern);
    const keys = Array.from({ length: keysAtATime.trie }, key);
    const none = new Map();
    const declared = () => {
      const host = new VirtualHost();
      const topic = {
        type: "topic",
        durable: true,
        autoDelete: false,
        internal: false,
        alternate: undefined,
      };
      host.declareExchange({ name: "x", ...topic });
      for (let queue = 0; queue < 100; queue++) host.declareQueue({ name: `q${queue}`, durable: true });
      for (const [at, routingKey] of patterns.entries())
        host.bind({
          source: "x",
          destination: `q${at % 100}`,
          destinationType: "queue",
          routingKey,
          arguments: none,
        });
      return host;
    };
    const host = declared();
    const { handle } = host.exchange("x");
    const inTrie = (one) => route(host, handle, [one], none).queues.length;
    const naive = (one) => {
      const queues = new Set();
      for (const [at, each] of patterns.entries()) if (topicMatches(each, one)) queues.add(at % 100);
      return queues.size;
    };
    for (const one of keys.slice(0, keysAtATime.naive))
      if (inTrie(one) !== naive(one)) throw new Error(`the trie routes ${one} otherwise`);
    const timesOf = (work) => median(Array.from({ length: rounds }, () => milliseconds(work)));
    const perKey = (find, those) => (timesOf(() => those.forEach(find)) * 1_000) / those.length;
    const trie = perKey(inTrie, keys);
    const alone = perKey(naive, keys.slice(0, keysAtATime.naive));
    return [
      count,
      timesOf(declared).toFixed(0),
      trie.toFixed(2),
      alone.toFixed(0),
      (alone / trie).toFixed(0),
    ];
  });
  return [
    "| bindings | declared in ms | a key in the trie, µs | one pattern after the other, µs | ratio |",
    "| ---: | ---: | ---: | ---: | ---: |",
    ...rows.map((row) => `| ${row.join(" | ")} |`),
  ];
}

if (isEntry(import.meta.url)) for (const line of measureRouting(await loadEngine())) console.log(line);
