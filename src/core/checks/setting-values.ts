import { placeOf, readings } from "../model/readings.ts";
import { settingsOf } from "../model/settings.ts";
import type { Tree } from "../parse/tree.ts";
import { quantityOf } from "../parse/value-read.ts";
import type { Path } from "../text/path.ts";
import { readsLog, type CheckedFile } from "./checked-file.ts";

/** Where the settings of all brokers stand. */
export const brokers: Path = ["kafka", "config"];

/** No broker has it. */
export const transactionTimeout = "transaction.timeout.ms";

/** A time or a number that a broker or a client is set to. */
export interface SettingInForce {
  readonly name: string;
  /** Where it stands, or would. */
  readonly path: Path;
  /** Undefined where it is not written. */
  readonly tree: Tree | undefined;
  readonly isCount: boolean;
  /** ns, or a plain number; Kafka's own where it is not written. */
  readonly value: number;
}

/** Where the settings stand of all that send in transactions: of producers, for all their flows, and of what consumers read. */
export function transactionalConfigs(file: CheckedFile): Iterable<Path> {
  const configs = [
    ...file.flows
      .filter(({ flow }) => flow.kafka.transactions !== undefined)
      .map((sent) => sent.path("config")),
    ...readings(file.topology)
      .filter(readsLog)
      .filter(({ from }) => from.producer?.transactions !== undefined)
      .map((consumer) => [...placeOf(consumer), "config"]),
  ];
  return new Map(configs.map((path) => [JSON.stringify(path), path])).values();
}

/** As the client at `holder` has it, a group under a name of its own (GroupConfig); else as the brokers have it. */
export function settingOf(file: CheckedFile, name: string, holder?: Path): SettingInForce {
  const own = name.replace("group.", "");
  const isOwn = holder !== undefined && (own === transactionTimeout || file.at(...holder, own) !== undefined);
  const path = isOwn ? [...holder, own] : [...brokers, name];
  const { value: unit, default: standard } = (settingsOf("broker").get(name) ??
    settingsOf("producer").get(name))!;
  const isCount = unit !== "duration";
  const tree = file.at(...path);
  const value = quantityOf(tree, isCount ? "count" : "duration") ?? Number(standard) * (isCount ? 1 : 1e6);
  return { name: String(path.at(-1)), path, tree, isCount, value };
}
