/** What of the client is used here: it is installed beside this file, and only where scenarios are played. */
declare module "@platformatic/kafka" {
  export interface Message {
    readonly topic: string;
    readonly key?: Buffer;
    readonly value?: Buffer;
  }

  export class Producer {
    constructor(options: {
      readonly clientId: string;
      readonly bootstrapBrokers: readonly string[];
      readonly partitioner: unknown;
      readonly acks: number;
      readonly idempotent: boolean;
    });
    send(options: { readonly messages: readonly Message[] }): Promise<unknown>;
    close(): Promise<void>;
  }

  /** murmur2, as Java's clients do. */
  export const compatibilityPartitioner: unknown;
}
