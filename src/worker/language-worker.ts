import type { ToLanguage } from "../protocol/language.ts";
import { LanguageSession } from "./language-session.ts";
import { macrotask } from "./macrotask.ts";

declare const self: DedicatedWorkerGlobalScope;

const session = new LanguageSession({
  post: (message) => self.postMessage(message),
  breathe: macrotask,
});
self.onmessage = ({ data }: MessageEvent<ToLanguage>) => session.receive(data);
