import { parse as readYaml } from "yaml";
import { leftOf, line, measuredCodecs, missOf, type MeasuredCodec } from "./codec-fit.ts";
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

${priceOfAll()}
${codecsSection()}`;
}

/** Of each codec those levels that are often chosen. */
const shownLevels: Readonly<Record<MeasuredCodec["codec"], readonly number[]>> = {
  gzip: [1, 6, 9],
  snappy: [0],
  lz4: [9, 1, 17],
  zstd: [-5, 1, 3, 9, 12, 19, 21],
};

function codecsSection(): string {
  const { codecs, java, kafka, processor, recordBytes } = measuredCodecs();
  const rows = Object.entries(shownLevels).flatMap(([codec, levels]) =>
    levels.map((level) => codecs.find((row) => row.codec === codec && row.level === level)!),
  );
  const shown = 2;
  const size = rows[0]!.bytes[shown]!;
  const lines = rows.map(({ codec, level, compress, decompress, validate, ...sizes }) => {
    const times = [compress, decompress, validate].map((all) => microseconds(all[shown]!));
    const name = codec === "snappy" ? codec : `${codec} ${level}`;
    const left = `${(100 * leftOf({ ...sizes, codec, level, compress, decompress, validate })).toFixed(1)} %`;
    return `| ${name} | ${times.join(" | ")} | ${left} |\n`;
  });
  const misses = codecs.map(({ bytes, compress }) => missOf(line(bytes, compress), bytes, compress));
  return `
## Codecs

What Kafka ${kafka}'s own classes take to write, read and check a batch of ${size} bytes of records, as time of one core (${processor}, Java
${java}): orders in JSON of ${recordBytes} bytes, of whose fields half are random. Without what the same takes uncompressed; the best of several
rounds, since other work on the machine only adds. All ${codecs.length} levels are in \`test/conformance/kafka/codecs.json\`, and cost in a run
what a line through their times says, so much a batch and so much a byte. Half of the lines miss what was measured by less than
${percent(median(misses)).slice(1)} at batches of 1, 8, 30 and 100 records, the worst by ${percent(Math.max(...misses)).slice(1)}: harder levels take longer for a byte of a larger batch.

| | compress, µs | read, µs | check, µs | left of 40 KB |
|---|--:|--:|--:|--:|
${lines.join("")}`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function microseconds(nanos: number): string {
  return nanos < 100_000 ? (nanos / 1000).toPrecision(3) : (nanos / 1000).toFixed(0);
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
