import type { ToLayout } from "../protocol/drawing.ts";
import { answer } from "./layout.ts";

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = ({ data }: MessageEvent<ToLayout>) => self.postMessage(answer(data));
