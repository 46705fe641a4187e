/** A run reached a limit that is stated; it stops with what it has, and its result names the limit. */
export class LimitReached extends Error {
  override readonly name = "LimitReached";
  readonly limit: string;

  constructor(limit: string, message: string) {
    super(message);
    this.limit = limit;
  }
}
