import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Jvm } from "./jvm.ts";
import type { Facts, LogFacts } from "./facts.ts";
import type { Plan } from "./plan.ts";

interface Answer {
  readonly n: number;
  readonly sent: number;
  readonly answered: number;
  readonly partition?: string;
  readonly offset?: number;
  readonly error?: string;
}

interface ClientEvent {
  readonly kind: string;
  readonly at: number;
  readonly consumer: string;
  readonly instance: number;
  readonly n?: number;
  readonly partition?: string;
  readonly offset?: number;
  readonly error?: string;
}

/** What Live.java writes; times are ns since the epoch. */
interface Played {
  readonly zero: number;
  readonly answers: readonly Answer[];
  readonly events: readonly ClientEvent[];
  readonly committed: Facts["committed"];
  readonly logs: Facts["logs"];
}

const nanosPerMilli = 1e6;

/** Kafka's own clients in one Java process, which plays one plan after another, or several at a time. */
export class Player {
  private readonly folder: string;
  private readonly jvm: Jvm;
  private readonly waiting = new Map<string, (line: string) => void>();

  private constructor(folder: string, jvm: Jvm) {
    this.folder = folder;
    this.jvm = jvm;
    createInterface(jvm.process.stdout!).on("line", (line) => {
      const [what = "", plan = ""] = line.split(" ");
      const key = this.waiting.has(`${what} ${plan}`)
        ? `${what} ${plan}`
        : what === "failed"
          ? `done ${plan}`
          : what;
      this.waiting.get(key)?.(line);
    });
    jvm.process.once("exit", () => {
      for (const tell of this.waiting.values()) tell("failed: the clients' process has ended");
    });
  }

  static async start(classpath: string, bootstrap: string): Promise<Player> {
    const folder = await mkdtemp(join(tmpdir(), "brokerlab-clients-"));
    await mkdir(folder, { recursive: true });
    const jvm = new Jvm(classpath, 384, ["Live", "serve", bootstrap], join(folder, "clients.log"));
    const player = new Player(folder, jvm);
    const first = await player.line("ready");
    if (first !== "ready") throw new Error(first);
    return player;
  }

  /** `begin` is told the epoch's ms of time zero, about half a second before. */
  async play(name: string, plan: Plan, begin: (zero: number) => void): Promise<Facts> {
    const file = join(this.folder, `${name}.json`);
    const result = join(this.folder, `${name}.result.json`);
    await writeFile(file, JSON.stringify(plan));
    const done = this.line(`done ${file}`);
    void this.line(`zero ${file}`).then((line) => begin(Number(line.split(" ")[2])));
    this.jvm.process.stdin!.write(`${file} ${result}\n`);
    const line = await done;
    if (!line.startsWith("done")) {
      const log = await readFile(join(this.folder, "clients.log"), "utf8");
      throw new Error(`${line}\n${log.slice(-1000)}`);
    }
    return factsOf(plan, JSON.parse(await readFile(result, "utf8")) as Played);
  }

  async stop(): Promise<void> {
    await this.jvm.kill();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private line(key: string): Promise<string> {
    return new Promise((resolve) => {
      this.waiting.set(key, (line) => {
        this.waiting.delete(key);
        resolve(line);
      });
    });
  }
}

function factsOf(
  { producers, members, duration }: Plan,
  { zero, answers, events, committed, logs }: Played,
): Facts {
  const since = (at: number) => (at - zero) / nanosPerMilli;
  const errors = events.filter(({ kind }) => kind === "error");
  if (errors.length > 0) throw new Error(`a member failed: ${errors[0]!.error}`);
  const sends: [number, number | null][] = [];
  for (const { sends: all } of producers) for (const [at, [n]] of all) sends[n] = [at / nanosPerMilli, null];
  for (const { forwards } of members)
    for (const [, [next, , , , at]] of forwards) sends[next] = [at / nanosPerMilli, null];
  const told = new Map<string, number>();
  for (const { n, answered, error, partition, offset } of answers) {
    if (error !== undefined || since(answered) > duration / nanosPerMilli) continue;
    sends[n]![1] = since(answered);
    told.set(`${partition} ${offset}`, n);
  }
  const numberOf = (partition: string, offset: number, n: number) =>
    n >= 0 ? n : (told.get(`${partition} ${offset}`) ?? -1);
  const ends = (ended: string) =>
    events
      .filter(({ kind, at }) => kind === ended && at - zero < duration)
      .map(({ at, n, partition, offset, consumer, instance }): Facts["finishes"][number] => [
        since(at),
        numberOf(partition!, offset!, n!),
        partition!,
        offset!,
        consumer,
        instance,
      ])
      .toSorted(([a], [b]) => a - b);
  const failures = ends("fail");
  return {
    sends,
    logs: Object.fromEntries(
      Object.entries(logs)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([partition, { start, end, bytes, records }]): [string, LogFacts] => [
          partition,
          {
            start,
            end,
            bytes,
            records: records.map(([offset, n]) => [offset, numberOf(partition, offset, n)]),
          },
        ]),
    ),
    finishes: ends("finish"),
    ...(failures.length === 0 ? {} : { failures }),
    committed,
  };
}
