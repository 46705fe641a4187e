import type { Topology } from "../model/topology.ts";
import type { Problem } from "../problems/problem.ts";
import { readNames } from "./names.ts";
import { newestVersion, readKafka, readRabbitMq } from "./read-brokers.ts";
import { readConsumers } from "./read-consumers.ts";
import { ReadContext } from "./read-context.ts";
import { readExpectations } from "./read-expect.ts";
import { readProducers } from "./read-producers.ts";
import { readRun } from "./read-run.ts";
import { at, textOf } from "./tree.ts";
import { readYaml } from "./yaml-text.ts";

export interface Parsed {
  readonly topology: Topology;
  /** In no order; `check` sorts them and leaves out what comments switch off. */
  readonly problems: readonly Problem[];
  /** Whether the file says that it is one: it has a `topology` key. */
  readonly isTopology: boolean;
}

/** Reads a topology file. Never throws; what is broken is left out of the model, with a problem that has a span. */
export function parse(text: string): Parsed {
  const { tree, problems } = readYaml(text);
  const context = new ReadContext();
  const names = readNames(tree);
  const kafka = readKafka(at(tree, "kafka"));
  const topology: Topology = {
    name: textOf(at(tree, "name")) ?? "",
    description: textOf(at(tree, "description")) ?? "",
    kafka,
    rabbitmq: readRabbitMq(at(tree, "rabbitmq")),
    producers: readProducers(at(tree, "producers"), names, kafka?.version ?? newestVersion, context),
    consumers: readConsumers(at(tree, "consumers"), names, context),
    run: readRun(at(tree, "run"), context),
    expect: readExpectations(at(tree, "expect"), context),
  };
  const isTopology =
    at(tree, "topology") !== undefined || (tree === undefined && /^topology[ \t]*:/mu.test(text));
  return { topology, problems: [...problems, ...context.problems], isTopology };
}
