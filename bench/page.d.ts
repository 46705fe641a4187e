/** What the benchmarks keep in their pages. */
interface Window {
  /** Resolves once the panel listens. */
  ready: Promise<void>;
  /** What a watcher in the editor's page saw, in milliseconds. */
  seen: Promise<{ readonly typed: number; readonly marked: number }>;
  held: object;
  columns: (ArrayBufferView & { readonly buffer: ArrayBuffer })[];
  layOut(asked: object): Promise<object>;
  acquireVsCodeApi(): object;
}
