import { setTimeout as sleep } from "node:timers/promises";
import type { Channel, Message as Returned } from "amqplib";
import {
  messages,
  nodes,
  queues,
  type ClusterOutcome,
  type ClusterScenario,
  type Message,
} from "../cluster/scenario.ts";
import { RabbitCluster } from "./cluster.ts";

type Answer = "ack" | "nack" | "return";

/** ms: long enough for nodes to notice, elect and pause, and for what is published then to be answered where it can be. */
const settling = 8000;
/** ms between two attempts of a client to connect. */
const retryAfter = 500;
const answerMax = 30_000;
const recoveryMax = 90_000;
/** Looks in turn, a second apart, at which all nodes run. */
const quietLooks = 10;

/** A client on its node, or, when that goes, on the next one that takes it; what was not answered it sends again. */
class Publisher {
  private readonly cluster: RabbitCluster;
  private readonly answers: Map<string, Answer>;
  private readonly open = new Map<string, Message>();
  private node: number;
  private channel: Channel | undefined = undefined;
  private ended = false;
  /** Nodes that come back know each other's queues one after the other: a client that comes meanwhile meets any state. */
  waitsToConnect = false;

  constructor(cluster: RabbitCluster, node: number, answers: Map<string, Answer>) {
    this.cluster = cluster;
    this.node = node;
    this.answers = answers;
  }

  async connect(): Promise<void> {
    for (let node = this.node; !this.ended; node = (node % nodes.length) + 1)
      try {
        while (this.waitsToConnect) await sleep(retryAfter);
        const connection = await this.cluster.connect(node);
        const channel = await connection.createConfirmChannel();
        this.node = node;
        connection.on("error", () => undefined);
        channel.on("error", () => undefined);
        connection.on("close", () => {
          this.channel = undefined;
          void this.connect();
        });
        channel.on("return", ({ properties: { messageId } }: Returned) => {
          if (messageId !== undefined) this.answers.set(messageId, "return");
        });
        this.channel = channel;
        for (const message of this.open.values()) this.send(message);
        return;
      } catch {
        await sleep(retryAfter);
      }
  }

  publish(message: Message): void {
    this.open.set(message.id, message);
    this.send(message);
  }

  get waits(): boolean {
    return this.open.size > 0;
  }

  end(): void {
    this.ended = true;
  }

  private send(message: Message): void {
    const { id, queue, persistent } = message;
    const options = { persistent, mandatory: true, messageId: id };
    this.channel?.publish("", queue, Buffer.from(id), options, (error: unknown) => {
      if (!this.open.has(id) || isEnd(error)) return;
      this.open.delete(id);
      // A message that comes back is acknowledged after that.
      if (!this.answers.has(id)) this.answers.set(id, error === null ? "ack" : "nack");
    });
  }
}

/** The client answers for a channel that has gone. */
function isEnd(error: unknown): boolean {
  return error instanceof Error && error.message.includes("closed");
}

export async function playCluster(scenario: ClusterScenario, folder: string): Promise<ClusterOutcome> {
  const cluster = await RabbitCluster.start(folder, scenario.handling);
  const publishers: Publisher[] = [];
  try {
    await declare(cluster);
    const answers = new Map<string, Answer>();
    for (const node of nodes) publishers.push(new Publisher(cluster, node, answers));
    for (const publisher of publishers) await publisher.connect();
    const publish = async (phase: Message["phase"]): Promise<void> => {
      for (const message of messages)
        if (message.phase === phase) publishers[message.node - 1]!.publish(message);
      await sleep(settling);
    };
    await publish("before");
    const { fault } = scenario;
    if ("stops" in fault) await cluster.stopNode(fault.stops);
    else await cluster.part(fault.sides);
    await sleep(settling);
    const running = await cluster.running();
    await publish("during");
    for (const publisher of publishers) publisher.waitsToConnect = true;
    if ("stops" in fault) await cluster.startNode(fault.stops);
    else await cluster.mend();
    await whenQuiet(cluster);
    for (const publisher of publishers) publisher.waitsToConnect = false;
    await sleep(settling);
    await publish("after");
    const deadline = performance.now() + answerMax;
    while (publishers.some(({ waits }) => waits) && performance.now() < deadline) await sleep(retryAfter);
    const kept = await contents(cluster);
    return {
      down: nodes.filter((node) => !running.includes(node)),
      messages: Object.fromEntries(
        messages.map(({ id }) => {
          const answer = answers.get(id) ?? "none";
          return [id, `${answer}, ${kept.has(id) ? "kept" : "gone"}`] as const;
        }),
      ),
    };
  } finally {
    for (const publisher of publishers) {
      publisher.waitsToConnect = false;
      publisher.end();
    }
    await cluster.stop();
  }
}

/** Each queue on its node. */
async function declare(cluster: RabbitCluster): Promise<void> {
  for (const [queue, node] of Object.entries(queues)) {
    const connection = await cluster.connect(node);
    const channel = await connection.createChannel();
    const type = queue === "all" ? "quorum" : "classic";
    await channel.assertQueue(queue, { durable: true, arguments: { "x-queue-type": type } });
    await connection.close();
  }
}

/** All run, and have for a while: nodes that heal a partition may be restarted one after the other. */
async function whenQuiet(cluster: RabbitCluster): Promise<void> {
  const deadline = performance.now() + recoveryMax;
  for (let looks = 0; looks < quietLooks;) {
    if (performance.now() > deadline) throw new Error("the nodes do not come to rest");
    await sleep(1000);
    looks = (await cluster.running()).length === nodes.length ? looks + 1 : 0;
  }
}

/** What is in the queues, read on their own nodes. */
async function contents(cluster: RabbitCluster): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const [queue, node] of Object.entries(queues)) {
    const connection = await cluster.connect(node);
    const channel = await connection.createChannel();
    for (;;) {
      const message = await channel.get(queue, { noAck: true });
      if (message === false) break;
      found.add(message.content.toString());
    }
    await connection.close();
  }
  return found;
}
