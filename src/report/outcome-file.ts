import type { Outcome } from "./outcome.ts";

/** Raised with every change of `Result`: what another version has written is not read. */
const format = 6;

const columnKinds = { Float64Array, Int32Array, Uint16Array, Uint8Array } as const;
type ColumnKind = keyof typeof columnKinds;

interface Column {
  readonly $column: ColumnKind;
  readonly offset: number;
  readonly length: number;
}

/** An outcome as bytes: the length of a JSON text, that text, then the columns that it points into. */
export function encodeOutcome(outcome: Outcome): Uint8Array<ArrayBuffer> {
  const columns: Uint8Array[] = [];
  let offset = 0;
  const text = JSON.stringify({ format, outcome }, (_, value: unknown) => {
    if (!ArrayBuffer.isView(value)) return value;
    const kind = (Object.keys(columnKinds) as ColumnKind[]).find(
      (name) => value instanceof columnKinds[name],
    );
    if (kind === undefined) throw new TypeError("A result holds a column of a kind that cannot be stored.");
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    const column: Column = {
      $column: kind,
      offset,
      length: bytes.length / columnKinds[kind].BYTES_PER_ELEMENT,
    };
    columns.push(bytes);
    offset += bytes.length;
    return column;
  });
  const head = new TextEncoder().encode(text);
  const file = new Uint8Array(4 + head.length + offset);
  new DataView(file.buffer).setUint32(0, head.length);
  file.set(head, 4);
  let at = 4 + head.length;
  for (const bytes of columns) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

/** Undefined for what another version wrote; throws on what is no such file at all. */
export function decodeOutcome(file: Uint8Array): Outcome | undefined {
  const size = new DataView(file.buffer, file.byteOffset, file.byteLength).getUint32(0);
  const text = new TextDecoder().decode(file.subarray(4, 4 + size));
  const columns = file.subarray(4 + size);
  const stored = JSON.parse(text, (_, value: unknown) => {
    if (!isColumn(value)) return value;
    const kind = columnKinds[value.$column];
    const end = value.offset + value.length * kind.BYTES_PER_ELEMENT;
    if (end > columns.length) throw new RangeError("The file ends within a column.");
    // A copy of its own starts at an aligned place; `slice` would not make one of what Node reads, a `Buffer`.
    return new kind(new Uint8Array(columns.subarray(value.offset, end)).buffer);
  }) as { readonly format: number; readonly outcome: Outcome };
  return stored.format === format ? stored.outcome : undefined;
}

function isColumn(value: unknown): value is Column {
  return typeof value === "object" && value !== null && "$column" in value;
}
