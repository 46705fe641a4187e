import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type Connection } from "amqplib";
import { serverScripts } from "./server-package.ts";

/** Loopback alone. */
export const host = "127.0.0.1";
/** Whom a broker without definitions lets in. */
export const user = { name: "guest", password: "guest" };
/** ms that a broker has to start, and to end. */
const startMax = 120_000;
const stopMax = 30_000;
/** ms between two looks whether it is there. */
export const pause = 200;

/** What one node keeps, and where other nodes find it: its own port, and that of the registry of nodes. */
export interface NodePlace {
  readonly name: string;
  /** Of this node alone. */
  readonly folder: string;
  /** Of all who know its cookie. */
  readonly home: string;
  /** The port of AMQP. */
  readonly amqp: number;
  readonly distribution: number;
  readonly registry: number;
}

/** Nothing of the machine's own RabbitMQ, should it have one, is read or touched. */
export function environmentOf({ name, folder, home, distribution, registry }: NodePlace): NodeJS.ProcessEnv {
  const idle = "+sbwt none +sbwtdcpu none +sbwtdio none";
  return {
    PATH: `${serverScripts}:${process.env["PATH"] ?? ""}`,
    HOME: home,
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    ERL_EPMD_ADDRESS: host,
    ERL_EPMD_PORT: String(registry),
    RABBITMQ_NODENAME: name,
    RABBITMQ_USE_LONGNAME: "false",
    RABBITMQ_CONF_ENV_FILE: "/dev/null",
    RABBITMQ_NODE_IP_ADDRESS: host,
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_MNESIA_BASE: join(folder, "data"),
    RABBITMQ_LOG_BASE: join(folder, "log"),
    RABBITMQ_CONFIG_FILE: join(folder, "rabbitmq.conf"),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, "advanced.config"),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "enabled_plugins"),
    RABBITMQ_GENERATED_CONFIG_DIR: join(folder, "generated"),
    RABBITMQ_PID_FILE: join(folder, "server.pid"),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: `${idle} -kernel inet_dist_use_interface {127,0,0,1}`,
  };
}

/** Processes of our own, each in a process group, so that an interrupt at the terminal leaves the ending to us. */
export class ServerProcesses {
  private readonly children: ChildProcess[] = [];
  private readonly folder: string;
  /** The player ends before they do. */
  private readonly kill = (): void => {
    for (const { exitCode, signalCode, pid } of this.children)
      if (exitCode === null && signalCode === null) process.kill(-pid!, "SIGKILL");
  };

  /** Where a crash leaves what it has to say. */
  constructor(folder: string) {
    this.folder = folder;
  }

  private get console(): string {
    return join(this.folder, "console.log");
  }

  /** The registry of the nodes. */
  async launchRegistry(port: number, env: NodeJS.ProcessEnv): Promise<void> {
    await this.launch("epmd", ["-port", String(port), "-address", host], env);
  }

  async launchServer(env: NodeJS.ProcessEnv): Promise<void> {
    await this.launch(`${serverScripts}/rabbitmq-server`, [], env);
  }

  /** The first connection that a broker takes; throws where one of the processes ends before. */
  async whenUp(port: number, virtualHost: string): Promise<Connection> {
    const deadline = performance.now() + startMax;
    while (this.children.every(({ exitCode }) => exitCode === null))
      try {
        return await connectTo(port, virtualHost);
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(pause);
      }
    const console = await readFile(this.console, "utf8");
    throw new Error(`RabbitMQ ended while it started: ${console.trim().split("\n").slice(-5).join("\n")}`);
  }

  private async launch(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
    const log = await open(this.console, "a");
    const child = spawn(command, args, {
      cwd: this.folder,
      env,
      stdio: ["ignore", log.fd, log.fd],
      detached: true,
    });
    await once(child, "spawn");
    await log.close();
    if (this.children.length === 0) process.once("exit", this.kill);
    this.children.push(child);
  }

  /** Ends what was started, newest first. */
  async stop(): Promise<void> {
    process.off("exit", this.kill);
    for (const child of this.children.splice(0).reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      const late = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), stopMax);
      await ended;
      clearTimeout(late);
    }
  }
}

/** As a client of ours, which sends no heartbeats. `port`: of AMQP. */
export async function connectTo(port: number, virtualHost: string): Promise<Connection> {
  const where = { hostname: host, port, vhost: virtualHost, heartbeat: 0 };
  const opened = await connect({ ...where, username: user.name, password: user.password }, { noDelay: true });
  ignoreClosedChannels(opened);
  return opened;
}

/** A delivery may have been on its way when its channel was closed: as RabbitMQ's own clients do, it is dropped, and the connection stays. */
function ignoreClosedChannels({ connection }: Connection): void {
  const accept = connection.accept.bind(connection);
  connection.accept = (frame) => {
    if (connection.channels[frame.channel]) accept(frame);
  };
}

export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, host));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}
