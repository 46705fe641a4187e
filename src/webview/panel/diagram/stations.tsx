import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { format } from "../../shared/format.ts";
import { Name } from "../../shared/name.tsx";
import type { Graph } from "../result.ts";
import { spoken } from "./box.ts";
import type { Line } from "./box.ts";
import type { PlacedBox } from "./layout.ts";

interface StationsProps {
  readonly boxes: readonly PlacedBox[];
  readonly edges: Graph["edges"];
  /** Milliseconds; undefined for the run as a whole. */
  readonly at: number | undefined;
  readonly linesOf: (of: PlacedBox) => readonly Line[];
}

/** The diagram as a table, at the time that it shows: for who reads it, or has it read. */
export function Stations({ boxes, edges, at, linesOf }: StationsProps): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <details class="stations" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>as a table</summary>
      {open && <Rows boxes={boxes} edges={edges} at={at} linesOf={linesOf} />}
    </details>
  );
}

function Rows({ boxes, edges, at, linesOf }: StationsProps): JSX.Element {
  const leaving = useMemo(() => {
    const names = new Map(boxes.map(({ node }) => [node.id, node.name]));
    const found = new Map<string, { readonly to: string; readonly messages: number }[]>();
    for (const { from, to, messages } of edges)
      found.set(from, [...(found.get(from) ?? []), { to: names.get(to) ?? "", messages }]);
    return found;
  }, [boxes, edges]);
  return (
    <div class="scroll" tabindex={0} role="region" aria-label="Stations">
      <table>
        <caption>{at === undefined ? "In the whole run" : `At ${format(at, "duration")}`}</caption>
        <thead>
          <tr>
            <th scope="col">station</th>
            <th scope="col">kind</th>
            <th scope="col">state</th>
            <th scope="col">leads to, messages in the whole run</th>
          </tr>
        </thead>
        <tbody>
          {boxes.map((of) => (
            <tr key={of.node.id} data-station={of.node.id}>
              <th scope="row">
                <Name of={of.node.name} />
              </th>
              <td>{of.node.kind}</td>
              <td>
                <bdi>{spoken({ ...of, lines: linesOf(of) })}</bdi>
              </td>
              <td>
                {(leaving.get(of.node.id) ?? []).map(({ to, messages }, index) => (
                  <span key={index}>
                    {index > 0 && ", "}
                    <Name of={to} /> {format(messages, "count")}
                  </span>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
