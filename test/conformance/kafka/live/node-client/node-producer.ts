import { setTimeout as sleep } from "node:timers/promises";
import type { Producer } from "@platformatic/kafka";
import type { Plan } from "../plan.ts";

const nanosPerMilli = 1e6;

/** A producer of the plan, played by Node's client: one record a request, each at its time. */
export class NodeProducer {
  private readonly prefix: string;
  private readonly of: Plan["producers"][number];
  private readonly client: Producer;

  private constructor(prefix: string, of: Plan["producers"][number], client: Producer) {
    this.prefix = prefix;
    this.of = of;
    this.client = client;
  }

  /** Connected before time begins. */
  static async connect({ bootstrap, prefix }: Plan, of: Plan["producers"][number]): Promise<NodeProducer> {
    const kafka = await import("@platformatic/kafka");
    const client = new kafka.Producer({
      clientId: of.name,
      bootstrapBrokers: bootstrap.split(","),
      partitioner: kafka.compatibilityPartitioner,
      acks: -1,
      idempotent: true,
    });
    await client.send({ messages: [{ topic: "warm-up", value: Buffer.from("0") }] });
    return new NodeProducer(prefix, of, client);
  }

  /** Message and ms of its acceptance, for each that was accepted. `zero` is the epoch's ms. */
  async play(zero: number): Promise<(readonly [n: number, accepted: number])[]> {
    const accepted: (readonly [number, number])[] = [];
    const sent: Promise<void>[] = [];
    for (const [at, [n, topic, key, size]] of this.of.sends) {
      await sleep(Math.max(0, zero + at / nanosPerMilli - Date.now()));
      const message = {
        topic: this.prefix + topic,
        ...(key === null ? {} : { key: Buffer.from(key) }),
        ...(size === null ? {} : { value: Buffer.from(String(n).padEnd(size, ".")) }),
      };
      sent.push(
        this.client.send({ messages: [message] }).then(() => {
          accepted.push([n, Date.now() - zero]);
        }),
      );
    }
    await Promise.allSettled(sent);
    await this.client.close();
    return accepted;
  }
}
