/** What the benchmark of the panel keeps in its page. */
interface Window {
  /** Resolves once the panel listens. */
  ready: Promise<void>;
  held: object;
  columns: (ArrayBufferView & { readonly buffer: ArrayBuffer })[];
  layOut(asked: object): Promise<object>;
  acquireVsCodeApi(): object;
}
