import { LogOutlet } from "../log-outlet.ts";

/** A flow of a producer that sends in transactions. */
export class TransactionalOutlet extends LogOutlet {
  override send(message: number): void {
    this.client.transactions!.send(this, message);
  }

  override ends(): void {
    this.client.transactions!.sendsNoMore();
  }
}
