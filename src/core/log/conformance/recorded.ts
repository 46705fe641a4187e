/** A JSON object of a recording whose results are to be computed anew. */
export type Recorded = Readonly<Record<string, unknown>>;

/** The file is not what its kind of recording has to be; `where` is a path such as `sequences[2].steps[0]`. */
export class NotPlayable extends Error {
  override readonly name = "NotPlayable";
}

export function objectAt(value: unknown, where: string): Recorded {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new NotPlayable(`${where} is not an object`);
  return value as Recorded;
}

export function listAt(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new NotPlayable(`${where} is not a list`);
  return value;
}

export function textAt(value: unknown, where: string): string {
  if (typeof value !== "string") throw new NotPlayable(`${where} is not a text`);
  return value;
}

export function countAt(value: unknown, where: string): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0)
    throw new NotPlayable(`${where} is not a whole number from 0`);
  return value;
}
