/** Node has it, browsers have not. */
declare const setImmediate: ((callback: () => void) => unknown) | undefined;

/** A message to oneself is a macrotask that browsers do not delay, as they do timers. */
function messages(): (callback: () => void) => void {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return (callback) => {
    waiting.push(callback);
    port2.postMessage(null);
  };
}

// In Node a port that writes to itself keeps every other port waiting for a thousand messages.
const soon = typeof setImmediate === "function" ? setImmediate : messages();

export const macrotask = (): Promise<void> => new Promise((resolve) => void soon(resolve));
