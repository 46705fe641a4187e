import { Simulation } from "../core/run.ts";
import type { ToWorker } from "../protocol/run.ts";
import { Session } from "./session.ts";

declare const self: DedicatedWorkerGlobalScope;

/** A message to oneself is a macrotask that browsers do not delay, as they do timers. */
const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port1.onmessage = () => waiting.shift()?.();

const session = new Session({
  start: (topology, seed) => new Simulation(topology, seed === undefined ? {} : { seed }),
  post: (message, transfer) => self.postMessage(message, [...transfer]),
  breathe: () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(null);
    }),
  clock: () => performance.now(),
});
self.onmessage = ({ data }: MessageEvent<ToWorker>) => session.receive(data);
