import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Connection } from "amqplib";
import {
  connectTo,
  environmentOf,
  freePorts,
  host,
  pause,
  ServerProcesses,
  type NodePlace,
} from "./server-processes.ts";

const run = promisify(execFile);
const names = ["one@localhost", "two@localhost", "three@localhost"] as const;
const cookie = "brokerlab";

/** Three nodes of RabbitMQ of our own, in one cluster. Nodes count from 1. */
export class RabbitCluster {
  private readonly processes: ServerProcesses;
  private readonly nodes: readonly NodePlace[];
  private questions = 0;

  private constructor(folder: string, nodes: readonly NodePlace[]) {
    this.processes = new ServerProcesses(folder);
    this.nodes = nodes;
  }

  /** Starts them with nothing in them; what they do about partitions is `handling`. */
  static async start(folder: string, handling: string): Promise<RabbitCluster> {
    await rm(folder, { recursive: true, force: true });
    const home = join(folder, "home");
    await mkdir(home, { recursive: true });
    await writeFile(join(home, ".erlang.cookie"), cookie, { mode: 0o400 });
    const [registry, ...ports] = await freePorts(1 + 2 * names.length);
    const nodes = names.map((name, number): NodePlace => {
      const [amqp, distribution] = ports.slice(2 * number);
      return {
        name,
        folder: join(folder, String(number + 1)),
        home,
        registry: registry!,
        amqp: amqp!,
        distribution: distribution!,
      };
    });
    for (const node of nodes) await configure(node, handling);
    const cluster = new RabbitCluster(folder, nodes);
    try {
      await cluster.begin();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  connect(node: number): Promise<Connection> {
    return connectTo(this.nodes[node - 1]!.amqp, "/");
  }

  /** Nodes of different sides lose their connections, and get no others: one of each two does not know the other's cookie. */
  async part(sides: readonly (readonly number[])[]): Promise<void> {
    const pairs = sides.flatMap((side, at) =>
      side.flatMap((one) =>
        sides.slice(at + 1).flatMap((others) => others.map((other) => [one, other] as const)),
      ),
    );
    const each = (call: (one: string, other: string) => string): string =>
      pairs.map(([one, other]) => call(this.atom(one), this.atom(other))).join(", ");
    await this.ask(
      `${each((one, other) => `rpc:call(${one}, erlang, set_cookie, [${other}, apart])`)}, ${each(
        (one, other) => `rpc:call(${one}, erlang, disconnect_node, [${other}])`,
      )}`,
    );
  }

  /** All may connect to each other again, which RabbitMQ tries once in a second. */
  async mend(): Promise<void> {
    const calls = this.nodes.flatMap((_, one) =>
      this.nodes.flatMap((__, other) =>
        one === other
          ? []
          : `rpc:call(${this.atom(one + 1)}, erlang, set_cookie, [${this.atom(other + 1)}, ${cookie}])`,
      ),
    );
    await this.ask(calls.join(", "));
  }

  /** Its broker stops, and its machine stays. */
  async stopNode(node: number): Promise<void> {
    await this.ask(`rpc:call(${this.atom(node)}, rabbit, stop, [])`);
  }

  async startNode(node: number): Promise<void> {
    await this.ask(`rpc:call(${this.atom(node)}, rabbit, start, [])`);
  }

  /** Nodes whose broker runs. */
  async running(): Promise<number[]> {
    const calls = this.nodes.map((_, node) => `rpc:call(${this.atom(node + 1)}, rabbit, is_running, [])`);
    const answer = await this.ask(`[${calls.join(", ")}]`);
    return answer.split(",").flatMap((one, node) => (one.includes("true") ? [node + 1] : []));
  }

  stop(): Promise<void> {
    return this.processes.stop();
  }

  /** The first one alone, whom the others join. */
  private async begin(): Promise<void> {
    const [first, ...others] = this.nodes;
    await this.processes.launchRegistry(first!.registry, environmentOf(first!));
    await this.processes.launchServer(environmentOf(first!));
    await this.whenUp(first!);
    for (const node of others) await this.processes.launchServer(environmentOf(node));
    for (const node of others) await this.whenUp(node);
    while ((await this.knownToFirst()) < this.nodes.length) await sleep(pause);
  }

  /** How many nodes the broker of the first one knows to run. */
  private async knownToFirst(): Promise<number> {
    return Number(await this.ask(`length(rpc:call(${this.atom(1)}, rabbit_nodes, all_running, []))`));
  }

  private async whenUp({ amqp }: NodePlace): Promise<void> {
    await (await this.processes.whenUp(amqp, "/")).close();
  }

  /** The value of an Erlang expression, as a node evaluates it that sees all of them and that they do not count. */
  private async ask(expression: string): Promise<string> {
    const name = `asks-${process.pid}-${++this.questions}@localhost`;
    const { stdout } = await run(
      "erl",
      [
        ...["-noshell", "-hidden", "-sname", name, "-kernel", "inet_dist_use_interface", "{127,0,0,1}"],
        ...["-eval", `Answer = begin ${expression} end, io:format("~0p", [Answer]), halt().`],
      ],
      { env: environmentOf(this.nodes[0]!) },
    );
    return stdout;
  }

  private atom(node: number): string {
    return `'${this.nodes[node - 1]!.name}'`;
  }
}

async function configure({ folder, amqp }: NodePlace, handling: string): Promise<void> {
  await mkdir(folder);
  await writeFile(join(folder, "enabled_plugins"), "[].\n");
  await writeFile(join(folder, "advanced.config"), "[].\n");
  await writeFile(
    join(folder, "rabbitmq.conf"),
    [
      `listeners.tcp.1 = ${host}:${amqp}`,
      `cluster_partition_handling = ${handling}`,
      "cluster_formation.peer_discovery_backend = classic_config",
      ...names.map((name, number) => `cluster_formation.classic_config.nodes.${number + 1} = ${name}`),
      "log.file.level = info",
      "vm_memory_high_watermark.absolute = 1GB",
      "disk_free_limit.absolute = 50MB",
      "",
    ].join("\n"),
  );
}
