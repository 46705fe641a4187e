import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** A Java process with a small heap, compiled lightly: it starts fast and leaves the machine usable. */
export class Jvm {
  readonly process: ChildProcess;
  private readonly exited: Promise<unknown>;

  /** `errors`: the file that takes its log. */
  constructor(classpath: string, heapMegabytes: number, words: readonly string[], errors: string) {
    this.process = spawn(
      "java",
      [
        `-Xmx${heapMegabytes}m`,
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Dfile.encoding=UTF-8",
        `-Dlog4j2.configurationFile=${join(import.meta.dirname, "log4j2.properties")}`,
        "-cp",
        classpath,
        ...words,
      ],
      { stdio: ["pipe", "pipe", openSync(errors, "a")] },
    );
    this.exited = once(this.process, "exit");
  }

  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  async end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill(signal);
    await this.exited;
  }
}

/** Ports of the loopback that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(async (server) => {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      return (server.address() as AddressInfo).port;
    }),
  );
  for (const server of servers) server.close();
  return ports;
}
