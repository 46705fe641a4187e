import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { format } from "../../shared/format.ts";
import { Name, brief } from "../../shared/name.tsx";
import type { Result } from "../result.ts";
import type { Journeys } from "./journeys.ts";
import { finishers, Waterfall, type Stage } from "./stages.ts";

interface WhereTimeGoesProps {
  readonly journeys: Journeys;
  readonly result: Result;
  readonly message: number | undefined;
}

/** Consumers beyond these are chosen from a list. */
const mostButtons = 12;

/** Latency by stretch of the way, for the median and the slow messages of a consumer, and for the one that is chosen. */
export function WhereTimeGoes({ journeys, result, message }: WhereTimeGoesProps): JSX.Element | null {
  const names = useMemo(() => finishers(journeys, result), [journeys, result]);
  const [wanted, setWanted] = useState("");
  const name = names.includes(wanted) ? wanted : names[0];
  const columns = useMemo(() => {
    if (name === undefined) return [];
    const waterfall = new Waterfall(journeys, result, name);
    const one = message === undefined ? [] : waterfall.of(message);
    return [
      { head: "median", stages: waterfall.around(0.5) },
      { head: "99th percentile", stages: waterfall.around(0.99) },
      ...(one.length > 0 ? [{ head: `message ${message}`, stages: one }] : []),
    ];
  }, [journeys, result, name, message]);
  if (name === undefined) return null;
  const stages = [...new Set(columns.flatMap(({ stages }) => stages.map((stage) => stage.name)))];
  return (
    <section class="waterfall" aria-label="Where the time goes">
      <h2>Where the time goes</h2>
      {names.length > mostButtons && (
        <select
          aria-label="Consumer"
          value={name}
          onChange={({ currentTarget }) => setWanted(currentTarget.value)}
        >
          {names.map((one) => (
            <option key={one} value={one}>
              {brief(one, 40)}
            </option>
          ))}
        </select>
      )}
      {names.length > 1 && names.length <= mostButtons && (
        <fieldset class="switcher">
          <legend class="hidden">Consumer</legend>
          {names.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="waterfall"
                value={one}
                checked={one === name}
                onChange={() => setWanted(one)}
              />
              <span>
                <Name of={one} />
              </span>
            </label>
          ))}
        </fieldset>
      )}
      <table>
        <caption class="hidden">Time by stretch of the way to {brief(name)}</caption>
        <thead>
          <tr>
            <th scope="col">
              <span class="hidden">stretch</span>
            </th>
            {columns.map(({ head }) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {stages.map((stage) => (
            <tr key={stage}>
              <th scope="row">{stage}</th>
              {columns.map(({ head, stages }) => (
                <Cell key={head} stages={stages} name={stage} />
              ))}
            </tr>
          ))}
          <tr class="sum">
            <th scope="row">in all</th>
            {columns.map(({ head, stages }) => (
              <td key={head} class="number">
                {format(total(stages), "duration")}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </section>
  );
}

/** A bar that begins where the stretch before it ends. */
function Cell({ stages, name }: { readonly stages: readonly Stage[]; readonly name: string }): JSX.Element {
  const at = stages.findIndex((stage) => stage.name === name);
  const { time = 0 } = stages[at] ?? {};
  const whole = total(stages) || 1;
  const before = total(stages.slice(0, Math.max(at, 0)));
  return (
    <td class="number">
      <svg class="bar" viewBox="0 0 140 8" preserveAspectRatio="none" aria-hidden="true">
        <rect class="track" width="140" height="8" rx="2" />
        {time > 0 && (
          <rect
            class="fill"
            x={(140 * before) / whole}
            width={Math.max(1, (140 * time) / whole)}
            height="8"
            rx="2"
          />
        )}
      </svg>
      <span>{at < 0 ? "–" : format(time, "duration")}</span>
    </td>
  );
}

function total(stages: readonly Stage[]): number {
  return stages.reduce((sum, { time }) => sum + time, 0);
}
