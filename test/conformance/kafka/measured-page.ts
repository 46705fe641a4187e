import { parse as readYaml } from "yaml";
import { measure, type Figure } from "./live/comparison.ts";
import type { Facts } from "./live/facts.ts";
import { kafkaVersion } from "./live/jars.ts";
import { recordedOutcome, scenarioText } from "./live/outcome.ts";
import { scenarios, type Scenario } from "./live/scenarios.ts";
import { simulated } from "./live/simulated.ts";

const figureNames: Readonly<Record<Figure["kind"], string>> = {
  "fail-over": "until a record is accepted again",
  pause: "until partitions are read again",
  next: "until the next record is finished",
  drained: "until the last record is finished",
  "latency.p50": "median latency",
};

const timed = scenarios.filter(({ near }) => near !== undefined);
const others = timed.filter(({ costs }) => costs === undefined);
const fitted = timed.filter(({ costs }) => costs === "fitted");
const judged = timed.filter(({ costs }) => costs === "used");

/** Of what nothing is fitted for, of the workload that costs are fitted on, and of those judged: how many figures, and the largest error. */
export function largestErrors(): { readonly figures: number; readonly error: string }[] {
  return [others, fitted, judged].map((scenarios) => {
    const errors = scenarios.flatMap((scenario) => rowsOf(scenario).map(({ error }) => error));
    const largest = errors.reduce((most, error) => (Math.abs(error) > Math.abs(most) ? error : most), 0);
    return { figures: errors.length, error: percent(largest) };
  });
}

/** What a time-out or a quota sets, and medians of latency: what Kafka took, what the simulator says, and the bound. */
export function measuredPage(): string {
  const [set, fit, used] = largestErrors();
  const slowness = recordedOutcome(fitted[0]!.name)!.slowness!;
  return `# Times measured on a real Kafka

Made by \`test/conformance/kafka\` from the outcomes recorded on Kafka ${kafkaVersion} and the simulator as it is; the same tests hold
each figure to its bound, which was declared before it was measured. Kafka and all clients ran on two cores of a machine that had
other work. [conformance.md](conformance.md) tells what else is compared.

## What time-outs and quotas set

The costs are those of \`lan\`, with nothing fitted. Largest error: ${set!.error}.

${table(others)}
## Latencies

What a hop costs depends on the machine. It is fitted on one workload, as one factor on the costs of \`laptop\` that are per record,
batch and request, and judged on the others. The factor, ${slowness.toFixed(1)}, says how far a busy machine is from an idle one.

Fitted, with an error of ${fit!.error}:

${table(fitted)}
Judged, with errors of up to ${used!.error}:

${table(judged)}
## The price of \`acks: all\`

Median time from \`send()\` to its confirmation, with three replicas, of the two recordings above. No bound was declared for it: a
confirmation is a smaller part of the fitted figure than a delivery, and its error is larger. What \`all\` adds is what the example
\`acks\` shows.

${priceOfAll()}`;
}

/** Of records sent after the first second. */
function confirmation({ sends }: Facts): number {
  const times = sends.flatMap(([at, accepted]) => (at < 1000 || accepted === null ? [] : [accepted - at]));
  return times.toSorted((a, b) => a - b)[Math.ceil(times.length / 2) - 1]!;
}

function priceOfAll(): string {
  const rows = (["1", "all"] as const).map((acks) => {
    const name = `latency-replicas-acks-${acks}`;
    const { facts, slowness } = recordedOutcome(name)!;
    const ours = simulated(scenarioText(name), slowness).facts;
    return { title: `\`acks: ${acks}\``, theirs: confirmation(facts), own: confirmation(ours) };
  });
  const [one, all] = rows;
  const price = { title: "the price", theirs: all!.theirs - one!.theirs, own: all!.own - one!.own };
  const lines = [...rows, price].map(
    ({ title, theirs, own }) =>
      `| ${title} | ${milliseconds(theirs)} | ${milliseconds(own)} | ${percent((own - theirs) / theirs)} |\n`,
  );
  return `| | Kafka, ms | simulated, ms | error |\n|---|--:|--:|--:|\n${lines.join("")}`;
}

function rowsOf({ name, near = [] }: Scenario) {
  const text = scenarioText(name);
  const outcome = recordedOutcome(name)!;
  const ours = simulated(text, outcome.slowness).facts;
  return near.map(({ figure, within }) => {
    const [theirs, own] = [measure(figure, outcome.facts), measure(figure, ours)];
    return { figure, within, theirs, own, error: (own - theirs) / theirs };
  });
}

function table(of: readonly Scenario[]): string {
  const rows = of.flatMap((scenario) => {
    const { name } = readYaml(scenarioText(scenario.name)) as { readonly name: string };
    return rowsOf(scenario).map(
      ({ figure, within, theirs, own, error }) =>
        `| ${name} | ${figureNames[figure.kind]} | ${milliseconds(theirs)} | ${milliseconds(own)} | ${percent(error)} | ±${within * 100} % |\n`,
    );
  });
  return `| scenario | figure, ms | Kafka | simulated | error | bound |\n|---|---|--:|--:|--:|--:|\n${rows.join("")}`;
}

function milliseconds(time: number): string {
  return time < 100 ? time.toPrecision(3) : time.toFixed(0);
}

function percent(share: number): string {
  const sign = share < 0 ? "−" : "+";
  const tenths = (Math.abs(share) * 100).toFixed(1);
  return tenths === "0.0" ? "0 %" : `${sign}${tenths} %`;
}
