import type { ShareSettings } from "../model/kafka-cluster.ts";
import type { Keys, ReadContext } from "./read-context.ts";
import { at, describe, textOf } from "./tree.ts";
import { quantityOf } from "./value-read.ts";

/** Settings of a consumer that Kafka's share consumer refuses to start with. (ShareConsumerConfig) */
const refused = [
  "auto.offset.reset",
  "enable.auto.commit",
  "group.instance.id",
  "group.protocol",
  "group.remote.assignor",
  "heartbeat.interval.ms",
  "isolation.level",
  "partition.assignment.strategy",
  "session.timeout.ms",
];

/** Of these the group itself has one, set with `kafka-configs --entity-type groups`. */
const ofTheGroup: Readonly<Record<string, string>> = {
  "auto.offset.reset": "share.auto.offset.reset",
  "heartbeat.interval.ms": "share.heartbeat.interval.ms",
  "session.timeout.ms": "share.session.timeout.ms",
};

/** What a member of a share group says; undefined for a member of any other group. */
export function readShareGroup(keys: Keys, context: ReadContext): ShareSettings | undefined {
  if (!keys.has("shareGroup")) return undefined;
  checkForeign(keys, context);
  const config = keys.get("config");
  const onFailure = failureOf(keys);
  const mode = textOf(at(config, "share.acknowledgement.mode"));
  const written = keys.get("onFailure");
  if (mode === "implicit" && (onFailure === "release" || onFailure === "reject"))
    context.badValue(written!.span, {
      key: "onFailure",
      found: describe(written!),
      reason:
        "with `share.acknowledgement.mode: implicit` the next `poll()` accepts all records. Delete one of the two",
    });
  return {
    explicit:
      mode === "explicit" || (mode === undefined && (onFailure !== undefined || keys.has("failures"))),
    onFailure: onFailure ?? "release",
    autoOffsetReset: textOf(at(config, "share.auto.offset.reset")) === "earliest" ? "earliest" : "latest",
    recordLockDuration: quantityOf(at(config, "share.record.lock.duration.ms"), "duration"),
    deliveryCountLimit: quantityOf(at(config, "share.delivery.count.limit"), "count"),
    sessionTimeout: quantityOf(at(config, "share.session.timeout.ms"), "duration"),
    heartbeatInterval: quantityOf(at(config, "share.heartbeat.interval.ms"), "duration"),
  };
}

/** At once, or after the last of several attempts. */
function failureOf(keys: Keys): ShareSettings["onFailure"] | undefined {
  const written = keys.get("onFailure");
  const last = written?.kind === "map" ? at(written, "then") : written;
  if (last?.kind === "map") return "deadLetter";
  const text = textOf(last);
  return text === "release" || text === "reject" ? text : undefined;
}

function checkForeign(keys: Keys, context: ReadContext): void {
  for (const key of ["commit", "orderedBy"]) {
    const span = keys.keySpan(key);
    if (span !== undefined)
      context.rule(
        span,
        key === "commit"
          ? "A share group commits no offsets: its members acknowledge each record. Delete `commit`."
          : "A share group keeps no order: any member may have any record. Delete `orderedBy`.",
      );
  }
  for (const key of ["window", "join"]) {
    const span = keys.keySpan(key);
    if (span !== undefined)
      context.rule(
        span,
        `What belongs together is kept by partition, and a share group's members may have any record of any partition. Delete \`${key}\`, or write \`group\` in place of \`shareGroup\`.`,
      );
  }
  const config = keys.get("config");
  for (const name of refused) {
    const value = at(config, name);
    if (value === undefined) continue;
    const own = ofTheGroup[name];
    context.rule(
      value.span,
      `Kafka's share consumer refuses \`${name}\`. ${own === undefined ? "Delete it." : `The group has \`${own}\` in its place.`}`,
    );
  }
}
