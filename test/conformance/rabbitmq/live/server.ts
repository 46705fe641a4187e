import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type Connection } from "amqplib";
import type { ScenarioPolicy, ServerSettings } from "../../../../src/core/queue/scenario.ts";
import type { PolicyName } from "./live-player.ts";
import { serverScripts } from "./server-package.ts";

const host = "127.0.0.1";
const user = { name: "guest", password: "guest" };
const plugins = [
  "rabbitmq_consistent_hash_exchange",
  "rabbitmq_random_exchange",
  "rabbitmq_recent_history_exchange",
  "rabbitmq_management",
];
const recordedVersion = "3.10";
const startMax = 120_000;
const stopMax = 30_000;
const controlMax = 90_000;

interface Ports {
  /** Of AMQP. */
  readonly port: number;
  /** Of the management plugin's HTTP. */
  readonly management: number;
  readonly nodes: number;
  readonly registry: number;
}

/** A RabbitMQ of our own: loopback alone, all it keeps in one folder, ended by its process. */
export class RabbitServer {
  private readonly children: ChildProcess[] = [];
  private readonly folder: string;
  private readonly virtualHosts: readonly string[];
  private readonly ports: Ports;
  private readonly environment: NodeJS.ProcessEnv;
  private givenUp = 0;

  private constructor(folder: string, virtualHosts: readonly string[], ports: Ports) {
    this.folder = folder;
    this.virtualHosts = virtualHosts;
    this.ports = ports;
    this.environment = environmentOf(folder, ports);
  }

  /** Starts with nothing but these virtual hosts, and waits until it takes connections. */
  static async start(
    folder: string,
    virtualHosts: readonly string[],
    settings: ServerSettings = {},
  ): Promise<RabbitServer> {
    await rm(folder, { recursive: true, force: true });
    await mkdir(join(folder, "home"), { recursive: true });
    const [port, management, nodes, registry] = await freePorts(4);
    await writeFile(join(folder, "definitions.json"), JSON.stringify(definitions(virtualHosts)));
    await writeFile(join(folder, "enabled_plugins"), `[${plugins.join(",")}].\n`);
    await writeFile(
      join(folder, "rabbitmq.conf"),
      [
        `listeners.tcp.1 = ${host}:${port}`,
        `load_definitions = ${join(folder, "definitions.json")}`,
        `management.tcp.ip = ${host}`,
        `management.tcp.port = ${management}`,
        "management_agent.disable_metrics_collector = true",
        "log.file.level = warning",
        "vm_memory_high_watermark.absolute = 1GB",
        "disk_free_limit.absolute = 50MB",
        "",
      ].join("\n"),
    );
    const own = Object.entries(settings).map(([name, value]) => `{${name},${value}}`);
    await writeFile(join(folder, "advanced.config"), `[{rabbit,[${own.join(",")}]}].\n`);
    const server = new RabbitServer(folder, virtualHosts, {
      port: port!,
      management: management!,
      nodes: nodes!,
      registry: registry!,
    });
    await server.begin();
    return server;
  }

  connect(virtualHost: string): Promise<Connection> {
    const where = { hostname: host, port: this.ports.port, vhost: virtualHost, heartbeat: 0 };
    return connect({ ...where, username: user.name, password: user.password }, { noDelay: true });
  }

  /** `undefined` takes the policy away; one that is not there is fine. */
  async setPolicy(
    virtualHost: string,
    { name, operator = false }: PolicyName,
    settings: ScenarioPolicy | undefined,
  ): Promise<void> {
    const path = [operator ? "operator-policies" : "policies", virtualHost, name].map(encodeURIComponent);
    const answer = await fetch(`http://${host}:${this.ports.management}/api/${path.join("/")}`, {
      method: settings === undefined ? "DELETE" : "PUT",
      headers: {
        authorization: `Basic ${btoa(`${user.name}:${user.password}`)}`,
        "content-type": "application/json",
      },
      ...(settings !== undefined && { body: JSON.stringify(policyBody(settings)) }),
    });
    if (!answer.ok && !(settings === undefined && answer.status === 404))
      throw new RangeError(`policy '${name}' is refused (${answer.status}): ${await answer.text()}`);
    await answer.body?.cancel();
  }

  /** Stops the broker inside the running machine and starts it again; all connections end. One that fails is given up. */
  async restart(): Promise<void> {
    for (const command of ["stop_app", "start_app"]) {
      const control = spawn(`${serverScripts}/rabbitmqctl`, ["--quiet", command], {
        cwd: this.folder,
        env: this.environment,
        stdio: "ignore",
        timeout: controlMax,
        killSignal: "SIGKILL",
      });
      const [code] = (await once(control, "exit")) as [number | null];
      if (code === 0) continue;
      const outcome = code === null ? `has not ended in ${controlMax / 1000} s` : `ended with ${code}`;
      const log = await this.beginAnew();
      throw new RangeError(`rabbitmqctl ${command} ${outcome}; the log of that server is ${log}`);
    }
  }

  /** Ends what was started, newest first. */
  async stop(): Promise<void> {
    for (const child of this.children.splice(0).reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      const late = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), stopMax);
      await ended;
      clearTimeout(late);
    }
  }

  /** Waits until it takes connections to each virtual host. */
  private async begin(): Promise<void> {
    try {
      await this.launch("epmd", ["-port", String(this.ports.registry), "-address", host]);
      await this.launch(`${serverScripts}/rabbitmq-server`, []);
      for (const name of this.virtualHosts) {
        const connection = await this.whenUp(name);
        const { version } = connection.connection.serverProperties;
        await connection.close();
        if (!version.startsWith(`${recordedVersion}.`))
          throw new Error(`recordings are of RabbitMQ ${recordedVersion}, and this system's is ${version}`);
      }
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** With nothing but the virtual hosts. Answers where the log of the server before is. */
  private async beginAnew(): Promise<string> {
    await this.stop();
    const log = join(this.folder, `log-${++this.givenUp}`);
    await rename(join(this.folder, "log"), log);
    await rm(join(this.folder, "data"), { recursive: true });
    await this.begin();
    return log;
  }

  /** Each in a process group of its own, so that an interrupt at the terminal leaves the ending to us. */
  private async launch(command: string, args: readonly string[]): Promise<void> {
    const log = await open(join(this.folder, "console.log"), "a");
    const child = spawn(command, args, {
      // Where a crash leaves what it has to say.
      cwd: this.folder,
      env: this.environment,
      stdio: ["ignore", log.fd, log.fd],
      detached: true,
    });
    process.once("exit", () => child.exitCode === null && child.signalCode === null && child.kill("SIGKILL"));
    await once(child, "spawn");
    await log.close();
    this.children.push(child);
  }

  private async whenUp(virtualHost: string): Promise<Connection> {
    const deadline = performance.now() + startMax;
    for (;;) {
      if (this.children.some(({ exitCode }) => exitCode !== null)) break;
      try {
        return await this.connect(virtualHost);
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(200);
      }
    }
    const console = await readFile(join(this.folder, "console.log"), "utf8");
    throw new Error(`RabbitMQ ended while it started: ${console.trim().split("\n").slice(-5).join("\n")}`);
  }
}

function policyBody({ pattern, definition, applyTo = "all", priority = 0 }: ScenarioPolicy): unknown {
  return { pattern, definition, priority, "apply-to": applyTo };
}

function definitions(virtualHosts: readonly string[]): unknown {
  return {
    users: [{ ...user, tags: "administrator" }],
    vhosts: virtualHosts.map((name) => ({ name })),
    permissions: virtualHosts.map((vhost) => ({
      user: user.name,
      vhost,
      configure: ".*",
      write: ".*",
      read: ".*",
    })),
  };
}

/** Nothing of the machine's own RabbitMQ, should it have one, is read or touched. */
function environmentOf(folder: string, ports: Ports): NodeJS.ProcessEnv {
  const idle = "+sbwt none +sbwtdcpu none +sbwtdio none";
  return {
    PATH: `${serverScripts}:${process.env["PATH"] ?? ""}`,
    HOME: join(folder, "home"),
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    ERL_EPMD_ADDRESS: host,
    ERL_EPMD_PORT: String(ports.registry),
    RABBITMQ_NODENAME: "brokerlab@localhost",
    RABBITMQ_USE_LONGNAME: "false",
    RABBITMQ_CONF_ENV_FILE: "/dev/null",
    RABBITMQ_NODE_IP_ADDRESS: host,
    RABBITMQ_DIST_PORT: String(ports.nodes),
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

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, host));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}
