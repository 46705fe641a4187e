// Bytes per message in flight: a process of its own, which prints what a million of them add to the same run with few.
import { builtEngine } from "./load-engine.mjs";
import { logBacklog, queueBacklog } from "./topologies.mjs";

const { parse, Repeats } = await builtEngine();
const topology = process.argv[2] === "queue" ? queueBacklog : logBacklog;

function held(messages) {
  const simulation = new Repeats(parse(topology(messages)).topology);
  while (!simulation.advance(1_000_000));
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { simulation, bytes: heapUsed + arrayBuffers };
}

const few = held(1000);
const many = held(1_000_000);
// Both runs are still in memory: the second adds what it holds.
console.log(many.bytes - few.bytes, few.simulation.events, many.simulation.events);
