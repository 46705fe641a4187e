import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { freePorts, Jvm } from "./jvm.ts";

const run = promisify(execFile);

/** Of every cluster here: what no scenario is about, in small. */
const common = {
  "offsets.topic.num.partitions": 3,
  "transaction.state.log.num.partitions": 3,
  "share.coordinator.state.topic.num.partitions": 3,
  "log.initial.task.delay.ms": 100,
  // Scenarios do not wait as long as production does.
  "group.consumer.min.session.timeout.ms": 1000,
  "group.consumer.min.heartbeat.interval.ms": 100,
  "group.share.min.record.lock.duration.ms": 1000,
  "unstable.feature.versions.enable": true,
};

interface Node {
  readonly id: number;
  readonly properties: string;
  jvm: Jvm | undefined;
}

/**
 * A real Kafka of so many brokers on the loopback: one process that is broker and controller, or a controller and its
 * brokers.
 */
export class Cluster {
  readonly bootstrap: string;
  private readonly classpath: string;
  private readonly folder: string;
  private readonly nodes: readonly Node[];
  private readonly ports: readonly number[];

  private constructor(classpath: string, folder: string, nodes: readonly Node[], ports: readonly number[]) {
    this.classpath = classpath;
    this.folder = folder;
    this.nodes = nodes;
    this.ports = ports;
    this.bootstrap = ports.map((port) => `127.0.0.1:${port}`).join(",");
  }

  /** `racks`: of each broker in turn, none where it is empty. */
  static async start(
    classpath: string,
    brokers: number,
    racks: readonly string[],
    settings: Readonly<Record<string, unknown>>,
  ): Promise<Cluster> {
    const folder = await mkdtemp(join(tmpdir(), "brokerlab-kafka-"));
    const [controllerPort, ...ports] = await freePorts(brokers + 1);
    const replicas = Math.min(brokers, 3);
    const shared = {
      ...common,
      "controller.quorum.bootstrap.servers": `127.0.0.1:${controllerPort}`,
      "controller.listener.names": "CONTROLLER",
      "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
      "offsets.topic.replication.factor": replicas,
      "transaction.state.log.replication.factor": replicas,
      "transaction.state.log.min.isr": 1,
      "share.coordinator.state.topic.replication.factor": replicas,
      "share.coordinator.state.topic.min.isr": 1,
      ...settings,
    };
    const controller = `CONTROLLER://127.0.0.1:${controllerPort}`;
    const broker = (port: number) => `PLAINTEXT://127.0.0.1:${port}`;
    const rackOf = (index: number) =>
      racks.length === 0 ? {} : { "broker.rack": racks[index % racks.length] };
    const roles =
      brokers === 1
        ? [
            {
              id: 1,
              roles: "broker,controller",
              listeners: `${broker(ports[0]!)},${controller}`,
              ...rackOf(0),
            },
          ]
        : [
            { id: 100, roles: "controller", listeners: controller },
            ...ports.map((port, i) => ({
              id: i + 1,
              roles: "broker",
              listeners: broker(port),
              ...rackOf(i),
            })),
          ];
    const nodes = await Promise.all(
      roles.map(async ({ id, roles: role, listeners, ...rack }): Promise<Node> => {
        const properties = join(folder, `node-${id}.properties`);
        const all = {
          ...shared,
          ...rack,
          "node.id": id,
          "process.roles": role,
          listeners,
          "advertised.listeners": listeners,
          "log.dirs": join(folder, `data-${id}`),
        };
        await mkdir(all["log.dirs"]);
        await writeFile(
          properties,
          Object.entries(all)
            .map(([key, value]) => `${key}=${String(value)}\n`)
            .join(""),
        );
        return { id, properties, jvm: undefined };
      }),
    );
    const cluster = new Cluster(classpath, folder, nodes, ports);
    try {
      const tool = (...words: string[]) =>
        run("java", [
          "-Xmx128m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-cp",
          classpath,
          "kafka.tools.StorageTool",
          ...words,
        ]);
      const id = (await tool("random-uuid")).stdout.trim();
      for (const { properties } of nodes)
        await tool(
          "format",
          "-t",
          id,
          "-c",
          properties,
          // A preview in 4.1.
          ...["--feature", "share.version=1"],
          ...(properties === nodes[0]!.properties ? ["--standalone"] : []),
        );
      for (const node of nodes) cluster.startNode(node);
      for (const port of ports) await answers(port);
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  startBroker(number: number): void {
    const node = this.broker(number);
    if (node.jvm === undefined) this.startNode(node);
  }

  /** SIGKILL, or a controlled shutdown. */
  async endBroker(number: number, signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const node = this.broker(number);
    const { jvm } = node;
    node.jvm = undefined;
    await jvm?.end(signal);
  }

  /** Starts what has been ended, and waits until all listen. */
  async mend(): Promise<void> {
    for (const node of this.nodes) if (node.jvm === undefined) this.startNode(node);
    for (const port of this.ports) await answers(port);
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map(async ({ jvm }) => await jvm?.kill()));
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private broker(number: number): Node {
    return this.nodes.find(({ id }) => id === number)!;
  }

  private startNode(node: Node): void {
    node.jvm = new Jvm(
      this.classpath,
      384,
      ["kafka.Kafka", node.properties],
      join(this.folder, `node-${node.id}.log`),
    );
    node.jvm.process.stdout!.resume();
  }
}

async function answers(port: number): Promise<void> {
  for (let tries = 0; tries < 1800; tries++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (open) return;
    await sleep(100);
  }
  throw new Error(`no broker listens on port ${port} after three minutes`);
}
