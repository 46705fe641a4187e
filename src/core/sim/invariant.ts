/** Something that must never happen did: a defect of ours, never of the person who wrote the topology. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/** On a hot path pass a constant message: a template would be built on every call. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** Closes a switch over a union: a new member that is not handled does not compile. */
export function assertNever(value: never): never {
  throw new InvariantError(`not a value that is known here: ${JSON.stringify(value)}`);
}
