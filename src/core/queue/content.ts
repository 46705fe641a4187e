import type { FieldValue } from "../model/topology.ts";
import type { Death } from "./death.ts";

/** A header's value: AMQP tables hold lists and tables as well. */
export type HeaderValue = FieldValue | readonly HeaderValue[] | { readonly [name: string]: HeaderValue };
export type HeaderTable = ReadonlyMap<string, HeaderValue>;

/** Properties that say which message it is, as its application set them. */
export interface MessageProperties {
  readonly correlationId?: string | undefined;
  readonly messageId?: string | undefined;
  /** Seconds. */
  readonly timestamp?: number | undefined;
}

export const noProperties: MessageProperties = {};

/**
 * What a message carries besides its size and its key. A value: what changes it on its way (a dead-letter exchange, say)
 * makes another one. Kept apart from the columns of `Copies`, since most copies are told by their source alone.
 */
export interface Content {
  /** What the client calls it. */
  readonly id: string;
  /** The exchange that it was published to. */
  readonly exchange: string;
  /** The routing key of its publish, then those of `CC` and `BCC`. */
  readonly routingKeys: readonly string[];
  /** Without `x-death`. */
  readonly headers: HeaderTable;
  readonly properties?: MessageProperties;
  /** `x-death`, newest first but for old versions' disorder. */
  readonly deaths: readonly Death[];
  /** As the client wrote it, milliseconds. */
  readonly expiration: string | undefined;
  /** It was read back from disk, by a version that does not look at its `expiration` any more. */
  readonly fromDisk?: true;
  readonly priority: number | undefined;
  readonly persistent: boolean;
}

/** The routing keys in a message's `CC` header, and in `BCC` while it has one. */
export function carbonCopies(headers: HeaderTable): readonly string[] {
  return ["CC", "BCC"].flatMap((name) => {
    const keys = headers.get(name);
    return Array.isArray(keys) ? keys.filter((key): key is string => typeof key === "string") : [];
  });
}

const nanosPerMilli = 1e6;

/** ns in a queue before it expires; Infinity without an `expiration`. */
export function lifetimeOf({ expiration }: Pick<Content, "expiration">): number {
  return expiration === undefined ? Infinity : Number(expiration) * nanosPerMilli;
}

/** Contents of single copies, by slot; a copy without one has that of its source. */
export class Contents {
  private readonly own = new Map<number, Content>();

  get size(): number {
    return this.own.size;
  }

  get(copy: number): Content | undefined {
    return this.own.get(copy);
  }

  set(copy: number, content: Content): void {
    this.own.set(copy, content);
  }

  delete(copy: number): void {
    this.own.delete(copy);
  }
}
