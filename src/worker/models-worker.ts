import type { ToModels } from "../protocol/models.ts";
import { answer } from "./models.ts";

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = ({ data }: MessageEvent<ToModels>) => self.postMessage(answer(data));
