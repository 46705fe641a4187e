import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ToPanel } from "../../../protocol/panel.ts";
import { format } from "../../shared/format.ts";
import { Name, brief, longestMessage } from "../../shared/name.tsx";

export type Models = Extract<ToPanel, { type: "models" }>;
type Figure = Models["figures"][number];
type Note = Models["notes"][number];

export interface DrawnModels {
  readonly models: Models;
  /** Shows a part of the file, by offsets. */
  readonly reveal: (start: number, end: number) => void;
}

const names = { log: "log (Kafka)", queues: "queues (RabbitMQ)" } as const;

/** The figures that both models have, the file's own first, and what has no equal. */
export function BothModels({ models: { own, other, figures, notes }, reveal }: DrawnModels): JSX.Element {
  return (
    <div class="both">
      <div class="scroll" tabindex={0} role="region" aria-label="Figures of both models">
        <table class="figures">
          <caption class="hidden">
            Figures of the file as it is written and of the same workload in the other model
          </caption>
          <thead>
            <tr>
              <th scope="col">
                <span class="hidden">figure</span>
              </th>
              <th scope="col">{own.length === 1 ? names[own[0]!] : "as written"}</th>
              <th scope="col">{other.length === 1 ? names[other[0]!] : "each half in the other"}</th>
              <td />
              <th scope="col">
                <span class="hidden">how the other model fares</span>
              </th>
            </tr>
          </thead>
          {parts(figures).map(([first, ...rest]) => (
            <tbody key={`${first!.of?.kind} ${first!.of?.name}`}>
              <tr>
                <th scope="rowgroup" colSpan={5} class="of">
                  {first!.of ? (
                    <>
                      {first!.of.kind} <Name of={first!.of.name} />
                    </>
                  ) : (
                    "the whole run"
                  )}
                </th>
              </tr>
              {[first!, ...rest].map((figure) => (
                <Row key={figure.name} of={figure} hues={own.length === 1 ? own[0]! : undefined} />
              ))}
            </tbody>
          ))}
        </table>
      </div>
      <Unequal notes={notes} reveal={reveal} />
    </div>
  );
}

/** Figures of one thing together, in their order. */
function parts(figures: readonly Figure[]): readonly (readonly Figure[])[] {
  const found = new Map<string, Figure[]>();
  for (const figure of figures) {
    const of = JSON.stringify(figure.of ?? null);
    const known = found.get(of);
    if (known) known.push(figure);
    else found.set(of, [figure]);
  }
  return [...found.values()];
}

function Row({
  of: { name, as, own, other, verdict },
  hues,
}: {
  readonly of: Figure;
  /** The file's own model, where it has one. */
  readonly hues: "log" | "queues" | undefined;
}): JSX.Element {
  const most = Math.max(own ?? 0, other ?? 0) || 1;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="number">{format(own, as)}</td>
      <td class="number">{format(other, as)}</td>
      <td>
        <svg class={`beside ${hues ?? ""}`} width={barWidth} height="11" aria-hidden="true">
          <rect class="own" x="0" y="0" width={length(own, most)} height="5" />
          <rect class="other" x="0" y="6" width={length(other, most)} height="5" />
        </svg>
      </td>
      <td>
        {verdict === "better" && <span class="ok">better</span>}
        {verdict === "worse" && <span class="bad">worse</span>}
      </td>
    </tr>
  );
}

const barWidth = 72;

function length(value: number | null, most: number): number {
  return value === null || value <= 0 ? 0 : Math.max(1.5, (value / most) * barWidth);
}

const notesFirst = 8;

/** What means something else in the other model, each with the way to its place in the file. */
function Unequal({
  notes,
  reveal,
}: { readonly notes: readonly Note[] } & Pick<DrawnModels, "reveal">): JSX.Element {
  const [all, setAll] = useState(false);
  const more = notes.length - notesFirst;
  return (
    <section aria-label="What has no equal">
      <h2>What has no equal, or means something else</h2>
      {notes.length === 0 && <p class="dim">Nothing: the other model can say all of it.</p>}
      <ul>
        {(all ? notes : notes.slice(0, notesFirst)).map(({ where, says, span }, index) => (
          <li key={index}>
            <button type="button" class="link go" onClick={() => reveal(span.start, span.end)}>
              <bdi>{brief(where)}</bdi>
            </button>{" "}
            <bdi>{brief(says, longestMessage)}</bdi>
          </li>
        ))}
      </ul>
      {more > 0 && (
        <button type="button" class="link go" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "fewer" : `${more} more`}
        </button>
      )}
    </section>
  );
}
