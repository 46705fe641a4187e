/** What is used of the client library, so that types hold where it is not installed. */
declare module "amqplib" {
  import type { EventEmitter } from "node:events";

  type Table = Readonly<Record<string, unknown>>;

  export interface Properties {
    readonly headers?: Table | undefined;
    readonly expiration?: string | undefined;
    readonly messageId?: string | undefined;
  }

  export interface Message {
    readonly content: Buffer;
    readonly properties: Properties;
    readonly fields: {
      readonly exchange: string;
      readonly routingKey: string;
      readonly redelivered: boolean;
      readonly deliveryTag: number;
      readonly messageCount: number;
      readonly replyCode: number;
      readonly replyText: string;
    };
  }

  export interface Counted {
    readonly messageCount: number;
    readonly consumerCount: number;
  }

  export interface Channel extends EventEmitter {
    close(): Promise<void>;
    assertQueue(name: string, options: Table): Promise<Counted>;
    checkQueue(name: string): Promise<Counted>;
    deleteQueue(name: string, options?: Table): Promise<Counted>;
    purgeQueue(name: string): Promise<Counted>;
    assertExchange(name: string, type: string, options: Table): Promise<unknown>;
    checkExchange(name: string): Promise<unknown>;
    deleteExchange(name: string, options?: Table): Promise<unknown>;
    bindQueue(queue: string, source: string, key: string, args: Table): Promise<unknown>;
    unbindQueue(queue: string, source: string, key: string, args: Table): Promise<unknown>;
    bindExchange(destination: string, source: string, key: string, args: Table): Promise<unknown>;
    unbindExchange(destination: string, source: string, key: string, args: Table): Promise<unknown>;
    prefetch(count: number, global?: boolean): Promise<unknown>;
    publish(
      exchange: string,
      key: string,
      body: Buffer,
      options: Table,
      confirmed?: (error: Error | null) => void,
    ): boolean;
    consume(queue: string, deliver: (message: Message | null) => void, options: Table): Promise<unknown>;
    cancel(tag: string): Promise<unknown>;
    get(queue: string, options: Table): Promise<Message | false>;
    ack(message: Message, multiple?: boolean): void;
    nack(message: Message, multiple?: boolean, requeue?: boolean): void;
    reject(message: Message, requeue?: boolean): void;
    recover(): Promise<unknown>;
  }

  export interface Connection extends EventEmitter {
    readonly connection: {
      readonly serverProperties: { readonly version: string };
      /** By their numbers; null where one was closed. */
      readonly channels: readonly unknown[];
      accept(frame: { readonly channel: number }): void;
    };
    close(): Promise<void>;
    createChannel(): Promise<Channel>;
    createConfirmChannel(): Promise<Channel>;
  }

  export function connect(
    where: {
      readonly hostname: string;
      readonly port: number;
      readonly username: string;
      readonly password: string;
      readonly vhost: string;
      readonly heartbeat: number;
    },
    socket?: { readonly noDelay: boolean },
  ): Promise<Connection>;
}
