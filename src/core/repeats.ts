import { summarizeRuns } from "./expect/over-runs.ts";
import type { Topology } from "./model/topology.ts";
import { explain } from "./explain/explain.ts";
import { Simulation, type SimulationOptions } from "./simulation.ts";
import type { Evidence } from "./stats/finding.ts";
import type { Result, Summary } from "./stats/result.ts";

/** The runs of a file, `run.repeat` of them, one after the other; advanced in slices so that its thread can stay responsive. */
export class Repeats {
  private readonly topology: Topology;
  private readonly options: SimulationOptions;
  private readonly summaries: Summary[] = [];
  private first: Result | undefined = undefined;
  private evidence: Evidence | undefined = undefined;
  private current: Simulation;
  private eventsBefore = 0;
  private over = false;

  constructor(topology: Topology, options: SimulationOptions = {}) {
    this.topology = topology;
    this.options = options;
    this.current = new Simulation(topology, options);
  }

  /** Handles at most so many events; true when the last run is over. */
  advance(maxEvents: number): boolean {
    if (this.over || !this.current.advance(maxEvents)) return this.over;
    const result = this.current.result();
    this.first ??= result;
    this.evidence ??= this.current.evidence;
    this.summaries.push(result.summary);
    this.over = this.summaries.length === this.topology.run.repeat;
    if (this.over) return true;
    this.eventsBefore += this.current.events;
    const seed = this.first.summary.seed + this.summaries.length;
    this.current = new Simulation(this.topology, { ...this.options, seed });
    return false;
  }

  /** Part of the runs that is done, 0 to 1; 0 while an unlimited one is under way. */
  get share(): number {
    return this.over ? 1 : (this.summaries.length + this.current.share) / this.topology.run.repeat;
  }

  /** Simulated time of the run under way, ms. */
  get nowMs(): number {
    return this.current.nowMs;
  }

  get events(): number {
    return this.eventsBefore + this.current.events;
  }

  /** The first run's result, with what all of them say together; final once `advance` has answered true. */
  result(): Result {
    if (this.first === undefined) return this.current.result();
    const { topology, summaries, events, first, evidence } = this;
    if (summaries.length === 1 || evidence === undefined) return { ...first, events };
    const whole = { ...first, summary: summarizeRuns(topology, summaries), events };
    return { ...whole, findings: explain(whole, evidence, topology) };
  }
}
