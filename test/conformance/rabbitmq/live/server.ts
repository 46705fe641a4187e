import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Connection } from "amqplib";
import type { ScenarioPolicy, ServerSettings } from "../../../../src/core/queue/scenario.ts";
import type { PolicyName } from "./live-player.ts";
import { serverScripts } from "./server-package.ts";
import {
  connectTo,
  environmentOf,
  freePorts,
  host,
  ServerProcesses,
  user,
  type NodePlace,
} from "./server-processes.ts";

const plugins = [
  "rabbitmq_consistent_hash_exchange",
  "rabbitmq_random_exchange",
  "rabbitmq_recent_history_exchange",
  "rabbitmq_management",
];
const recordedVersion = "3.10";
const controlMax = 90_000;

interface Place extends NodePlace {
  /** The port of the management plugin's HTTP. */
  readonly management: number;
}

/** A RabbitMQ of our own: loopback alone, all it keeps in one folder, ended by its process. */
export class RabbitServer {
  private readonly processes: ServerProcesses;
  private readonly virtualHosts: readonly string[];
  private readonly place: Place;
  private readonly environment: NodeJS.ProcessEnv;
  private givenUp = 0;

  private constructor(virtualHosts: readonly string[], place: Place) {
    this.processes = new ServerProcesses(place.folder);
    this.virtualHosts = virtualHosts;
    this.place = place;
    this.environment = environmentOf(place);
  }

  /** Starts with nothing but these virtual hosts, and waits until it takes connections. */
  static async start(
    folder: string,
    virtualHosts: readonly string[],
    settings: ServerSettings = {},
  ): Promise<RabbitServer> {
    await rm(folder, { recursive: true, force: true });
    await mkdir(join(folder, "home"), { recursive: true });
    const [amqp, management, distribution, registry] = await freePorts(4);
    await writeFile(join(folder, "definitions.json"), JSON.stringify(definitions(virtualHosts)));
    await writeFile(join(folder, "enabled_plugins"), `[${plugins.join(",")}].\n`);
    await writeFile(
      join(folder, "rabbitmq.conf"),
      [
        `listeners.tcp.1 = ${host}:${amqp}`,
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
    const server = new RabbitServer(virtualHosts, {
      name: "brokerlab@localhost",
      folder,
      home: join(folder, "home"),
      amqp: amqp!,
      management: management!,
      distribution: distribution!,
      registry: registry!,
    });
    await server.begin();
    return server;
  }

  connect(virtualHost: string): Promise<Connection> {
    return connectTo(this.place.amqp, virtualHost);
  }

  /** `undefined` takes the policy away; one that is not there is fine. */
  async setPolicy(
    virtualHost: string,
    { name, operator = false }: PolicyName,
    settings: ScenarioPolicy | undefined,
  ): Promise<void> {
    const path = [operator ? "operator-policies" : "policies", virtualHost, name].map(encodeURIComponent);
    const answer = await fetch(`http://${host}:${this.place.management}/api/${path.join("/")}`, {
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
        cwd: this.place.folder,
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

  stop(): Promise<void> {
    return this.processes.stop();
  }

  /** Waits until it takes connections to each virtual host. */
  private async begin(): Promise<void> {
    try {
      await this.processes.launchRegistry(this.place.registry, this.environment);
      await this.processes.launchServer(this.environment);
      for (const name of this.virtualHosts) {
        const connection = await this.processes.whenUp(this.place.amqp, name);
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
    const { folder } = this.place;
    const log = join(folder, `log-${++this.givenUp}`);
    await rename(join(folder, "log"), log);
    await rm(join(folder, "data"), { recursive: true });
    await this.begin();
    return log;
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
