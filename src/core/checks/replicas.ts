import type { Kafka, Topic } from "../model/topology.ts";
import { problem } from "../problems/catalogue.ts";
import type { Problem } from "../problems/problem.ts";
import type { CheckedFile } from "./checked-file.ts";

const minInSync = "min.insync.replicas";

/** `replicas-exceed-brokers`, `min-insync-unreachable`, `min-insync-no-slack`: copies that there are or must be. */
export function* replicas(file: CheckedFile): Iterable<Problem> {
  const { kafka } = file.topology;
  if (kafka === undefined) return;
  for (const topic of kafka.topics.values())
    if (topic.replicas > kafka.brokers) yield exceeding(file, kafka, topic);
    else yield* inSync(file, kafka, topic);
}

function exceeding(file: CheckedFile, { brokers }: Kafka, { name, replicas }: Topic): Problem {
  const path = ["kafka", "topics", name.text, "replicas"];
  const count =
    file.at("kafka", "brokers")?.kind === "map" ? ["kafka", "brokers", "count"] : ["kafka", "brokers"];
  return problem(
    "replicas-exceed-brokers",
    file.at(...path)?.span ?? name.span,
    { topic: name.text, replicas, brokers },
    [
      ...file.set(`Run ${replicas} brokers`, count, String(replicas)),
      ...file.set(`Ask for ${brokers} replicas`, path, String(brokers)),
    ],
  );
}

function* inSync(file: CheckedFile, kafka: Kafka, { name, replicas, replication }: Topic): Iterable<Problem> {
  const topic = name.text;
  const wanted = replication.minInSyncReplicas;
  const path = ["kafka", "topics", topic, "config", minInSync];
  const ofBrokers = file.at(...path) === undefined ? file.at("kafka", "config", minInSync) : undefined;
  const place = file.at(...path)?.span ?? name.span;
  const related =
    ofBrokers === undefined ? [] : [{ message: `\`${minInSync}\` of the brokers`, span: ofBrokers.span }];
  const more = related.length === 0 ? {} : { related };
  const lowered = (to: number) => file.set(`Lower ${minInSync} to ${to}`, path, String(to));
  if (wanted > replicas) {
    const capped = atLeast37(kafka.version);
    const enough =
      wanted < kafka.brokers
        ? file.set(`Keep ${wanted + 1} replicas`, ["kafka", "topics", topic, "replicas"], String(wanted + 1))
        : [];
    // As many as must be in sync leave no slack, which would be told next.
    const fixes = lowered(Math.max(replicas - 1, 1));
    yield problem(
      "min-insync-unreachable",
      place,
      { topic, wanted, replicas, capped },
      [...enough, ...fixes],
      capped ? { ...more, severity: "warning" } : more,
    );
  } else if (wanted === replicas && replicas > 1)
    yield problem("min-insync-no-slack", place, { topic, replicas }, lowered(replicas - 1), more);
}

/** From 3.7 on the smaller of the two counts. (KAFKA-15583) */
function atLeast37(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 3 || (major === 3 && minor >= 7);
}
