import { expect } from "vitest";
import { check, stopsRun } from "../../../src/core/check.ts";
import { parse } from "../../../src/core/parse/parse.ts";
import { simulate, type Topology } from "../../../src/core/run.ts";
import { Station } from "../../../src/core/stats/trace.ts";
import { translate, type BrokerModel, type Translation } from "../../../src/core/translation/translation.ts";

/** The same workload in the other model, which must be free of errors. */
export function translated(text: string, to?: BrokerModel): Translation {
  const translation = translate(parse(text), to);
  expect(translation, "there is something to translate").toBeDefined();
  expect(
    check(translation!.text)
      .filter(stopsRun)
      .map(({ code, message }) => `${code}: ${message}`),
    translation!.text,
  ).toEqual([]);
  return translation!;
}

/** Runs both, and holds that each producer whose pace no broker sets sends the same at the same times. */
export function expectSameWorkload(text: string, translation: Translation, duration = 6e9): void {
  const [before, after] = [text, translation.text].map((one) => parse(one).topology);
  const [was, is] = [sentTimes(before!, duration), sentTimes(after!, duration)];
  expect([...is.keys()]).toEqual([...was.keys()]);
  for (const [name, { flows }] of before!.producers) {
    const there = after!.producers.get(name)!.flows;
    if (flows.some(({ arrivals }) => arrivals.kind === "closed")) continue;
    if (there.length === flows.length) expect(is.get(name)!.join(), name).toBe(was.get(name)!.join());
    else expectAlike(was.get(name)!.length, is.get(name)!.length);
  }
}

/** Two counts of independent Poisson streams of one rate: within five deviations of their difference. */
function expectAlike(was: number, is: number): void {
  expect(Math.abs(was - is)).toBeLessThanOrEqual(5 * Math.sqrt(was + is + 1));
}

/** ns, of each producer, as they came. */
function sentTimes(topology: Topology, duration: number): ReadonlyMap<string, readonly number[]> {
  const short = {
    ...topology,
    expect: [],
    timeline: topology.timeline.filter(({ at }) => at < duration),
    run: {
      ...topology.run,
      duration: Math.min(topology.run.duration, duration),
      warmup: 0,
      repeat: 1,
      trace: 1e6,
    },
  };
  const { trace, summary } = simulate(short);
  const times = new Map<string, number[]>(Object.keys(summary.producers).map((name) => [name, []]));
  for (let row = 0; row < trace.rows; row++) {
    if (trace.station[row] !== Station.sent) continue;
    const { kind, name } = trace.places[trace.place[row]!]!;
    if (kind === "producer") times.get(name)!.push(trace.time[row]!);
  }
  return times;
}
