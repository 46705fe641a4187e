import { run, steps } from "../../../core/log/run-log.ts";
import { messages, queues, type phases, type ClusterOutcome, type ClusterScenario } from "./scenario.ts";

/** s */
const sentAt: Readonly<Record<(typeof phases)[number], number>> = { before: 1, during: 60, after: 200 };

/** Each message has a producer of its own: connections are spread over the nodes in the order of the messages. */
function topologyOf({ handling, fault }: ClusterScenario): string {
  const producers = messages.map(
    ({ id, phase, queue, persistent }) =>
      `  ${nameOf(id)}: {queue: ${queue}, confirms: true, mandatory: true, properties: {delivery_mode: ${persistent ? 2 : 1}}, arrivals: {schedule: [${sentAt[phase]}s]}}`,
  );
  const timeline =
    "stops" in fault
      ? [`{at: 10s, for: 90s, stop: {node: ${fault.stops}}}`]
      : fault.sides.slice(1).map(
          (side, number) =>
            `{at: 10s, for: 90s, isolate: {nodes: [${side.join(", ")}], from: [${fault.sides
              .slice(0, number + 1)
              .flat()
              .join(", ")}]}}`,
        );
  return `
rabbitmq:
  version: "3.10"
  nodes: 3
  config: {cluster_partition_handling: ${handling}, net_ticktime: 1}
  queues: {one: {}, two: {}, all: {arguments: {x-queue-type: quorum}}}
producers:
${producers.join("\n")}
consumers: {${Object.keys(queues)
    .map((queue) => `read-${queue}: {queue: ${queue}, prefetch: 1, processing: 1ms, from: 400s}`)
    .join(", ")}}
run: {duration: 600s, calibration: lan, trace: 1000}
timeline: [${timeline.join(", ")}]
`;
}

function nameOf(id: string): string {
  return id.replaceAll(" ", "-");
}

export function simulateCluster(scenario: ClusterScenario): ClusterOutcome {
  const result = run(topologyOf(scenario));
  const { summary } = result;
  const read = new Set(steps(result, "received").map(({ message }) => message));
  const sent = new Map(steps(result, "sent").map(({ place, message }) => [place.split("/")[0]!, message]));
  const { fault } = scenario;
  const down = summary.occurrences.first.flatMap(({ kind, where }) =>
    kind === "nodePaused" ? [where.number!] : [],
  );
  return {
    down: "stops" in fault ? [fault.stops] : down.toSorted((a, b) => a - b),
    messages: Object.fromEntries(
      messages.map(({ id }) => {
        const { accepted, refused, unroutable } = summary.producers[nameOf(id)]!;
        const answer =
          accepted === 1 ? "ack" : unroutable === 1 ? "return" : refused === 1 ? "nack" : undefined;
        if (answer === undefined) throw new Error(`nobody has answered the message ${id}`);
        return [id, `${answer}, ${read.has(sent.get(nameOf(id))!) ? "kept" : "gone"}`] as const;
      }),
    ),
  };
}
