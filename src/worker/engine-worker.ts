import { Repeats } from "../core/run.ts";
import type { ToWorker } from "../protocol/run.ts";
import { macrotask } from "./macrotask.ts";
import { Session } from "./session.ts";

declare const self: DedicatedWorkerGlobalScope;

const session = new Session({
  start: (topology, seed) => new Repeats(topology, seed === undefined ? {} : { seed }),
  post: (message, transfer) => self.postMessage(message, [...transfer]),
  breathe: macrotask,
  clock: () => performance.now(),
});
self.onmessage = ({ data }: MessageEvent<ToWorker>) => session.receive(data);
