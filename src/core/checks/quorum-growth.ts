import { reconciliationSetting } from "../model/rabbitmq-nodes.ts";
import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import { releaseOf } from "../queue/release.ts";
import type { Span } from "../text/span.ts";
import type { CheckedFile } from "./checked-file.ts";
import { writtenPolicies } from "./written-policies.ts";

const enabled = reconciliationSetting("enabled");

/** `setting-without-effect`: how many replicas a quorum queue is to grow to, where no node adds any. */
export function* quorumGrowth(file: CheckedFile): Iterable<Problem> {
  const { rabbitmq } = file.topology;
  if (rabbitmq === undefined) return;
  const { version, reconciliation } = rabbitmq;
  const { addsReplicas: known } = releaseOf(version);
  if (known && reconciliation !== undefined) return;
  const why = known
    ? `nobody adds replicas unless \`${enabled}\` is \`true\` in \`config\``
    : `RabbitMQ ${version} adds no replicas by itself; it does from 3.13 on`;
  const fixes = known ? file.set(`Set ${enabled}: true`, ["rabbitmq", "config", enabled], "true") : [];
  for (const [setting, span] of targets(file))
    yield problem("setting-without-effect", span, { setting, why }, fixes);
}

/** Each name that says how many replicas there are to be, and its place. */
function* targets(file: CheckedFile): Iterable<readonly [setting: string, span: Span]> {
  const rabbitmq = file.topology.rabbitmq!;
  const ofQueue = "x-quorum-target-group-size";
  for (const { name, arguments: args } of rabbitmq.queues.values()) {
    if (!args.has(ofQueue)) continue;
    const span = file.key("rabbitmq", "queues", name.text, "arguments", ofQueue);
    if (span !== undefined) yield [ofQueue, span];
  }
  const ofPolicy = "target-group-size";
  for (const { policy, path } of writtenPolicies(rabbitmq)) {
    if (!policy.definition.has(ofPolicy)) continue;
    const span = file.key(...path, "definition", ofPolicy);
    if (span !== undefined) yield [ofPolicy, span];
  }
  const ofNodes = reconciliationSetting("target_group_size");
  const span = file.key("rabbitmq", "config", ofNodes);
  if (span !== undefined) yield [ofNodes, span];
}
