/** The least id of a text; a smaller one is a number, and its own text. */
export const firstText = 0x4000_0000;

/**
 * Keys as integers: key number i is its own id (its text is the decimal number), any other text gets an id above 2^30.
 * Two applications that write the same key text have the same key.
 */
export class Keys {
  /** Those of ids from 2^30. */
  readonly texts: string[] = [];
  private readonly ids = new Map<string, number>();

  idOf(text: string): number {
    if (/^(0|[1-9]\d{0,8})$/.test(text)) return Number(text);
    let id = this.ids.get(text);
    if (id === undefined) {
      id = firstText + this.texts.length;
      this.texts.push(text);
      this.ids.set(text, id);
    }
    return id;
  }

  textOf(id: number): string {
    return id < firstText ? String(id) : this.texts[id - firstText]!;
  }
}
