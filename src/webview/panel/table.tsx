import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Name } from "../shared/name.tsx";
import { Value } from "./figure.tsx";
import type { Figure } from "./figure.tsx";
import { Reveal } from "./reveal.tsx";
import type { Column, Row, Sheet } from "./sheets.ts";

/** Parts beyond these stay out of the page: a topic may have thousands. */
const mostParts = 200;

export function Table({ sheet }: { readonly sheet: Sheet }): JSX.Element {
  const { caption, columns, rows } = sheet;
  const grouped = columns.some(({ over }) => over !== undefined);
  return (
    <section class="sheet">
      <div class="scroll" tabindex={0} role="region" aria-label={caption}>
        <table>
          <caption>{caption}</caption>
          <thead>
            {grouped && <Overheads columns={columns} />}
            <tr>
              <th scope="col" class="first">
                <span class="hidden">name</span>
              </th>
              {columns.map(({ head, over, means }, index) => (
                <th
                  key={index}
                  scope="col"
                  title={means}
                  class={starts(columns, index) ? "starts" : ""}
                  aria-label={over && `${over} ${head}`}
                >
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          {rows.map((row) => (
            <Rows key={row.name} row={row} sheet={sheet} />
          ))}
        </table>
      </div>
    </section>
  );
}

/** Columns under one head stand together, with air before the first. */
function starts(columns: readonly Column[], index: number): boolean {
  return columns[index]?.over !== columns[index - 1]?.over;
}

function Overheads({ columns }: { readonly columns: readonly Column[] }): JSX.Element {
  const heads = columns.flatMap(({ over }, index) => {
    if (over === undefined) return [<td key={index} />];
    if (!starts(columns, index)) return [];
    const span = columns.slice(index).findIndex((column) => column.over !== over);
    return [
      <th key={index} scope="colgroup" colSpan={span < 0 ? columns.length - index : span} class="over">
        {over}
      </th>,
    ];
  });
  return (
    <tr class="overheads">
      <td />
      {heads}
    </tr>
  );
}

function Rows({ row, sheet }: { readonly row: Row; readonly sheet: Sheet }): JSX.Element {
  const [open, setOpen] = useState(row.parts.length > 0 && sheet.rows.length * row.parts.length <= 6);
  const { parts } = row;
  return (
    <tbody>
      <tr>
        <th scope="row" class="first">
          <Reveal start={row.at} end={row.at + row.name.length}>
            <Name of={row.name} />
          </Reveal>
          {parts.length > 1 && (
            <button type="button" class="fold" aria-expanded={open} onClick={() => setOpen(!open)}>
              {parts.length} {sheet.parts}
            </button>
          )}
        </th>
        <Cells row={row} columns={sheet.columns} />
      </tr>
      {parts.slice(0, mostParts).map((part) => (
        <tr key={part.name} class="part" hidden={parts.length > 1 ? !open : sheet.parts === "instances"}>
          <th scope="row" class="first">
            <Name of={part.name} />
          </th>
          <Cells row={part} columns={sheet.columns} />
        </tr>
      ))}
      {open && parts.length > mostParts && (
        <tr class="part">
          <th scope="row" class="first">
            and {parts.length - mostParts} more
          </th>
        </tr>
      )}
    </tbody>
  );
}

function Cells({ row, columns }: { readonly row: Row; readonly columns: readonly Column[] }): JSX.Element {
  return (
    <>
      {columns.map((_, index) => (
        <td key={index} class={starts(columns, index) ? "number starts" : "number"}>
          {(row.cells[index] ?? []).map((figure) => (
            <Cell key={figure.path} {...figure} />
          ))}
        </td>
      ))}
    </>
  );
}

function Cell(figure: Figure): JSX.Element {
  return (
    <span class="figure">
      {figure.label !== undefined && (
        <span class="dim">
          <Name of={figure.label} />{" "}
        </span>
      )}
      {figure.as === "share" && figure.path.endsWith(".utilization") && <Bar share={figure.value ?? 0} />}
      <Value {...figure} />
    </span>
  );
}

function Bar({ share }: { readonly share: number }): JSX.Element {
  const width = Math.max(0, Math.min(1, share)) * 56;
  return (
    <svg class="bar" width="56" height="6" aria-hidden="true">
      <rect class="track" width="56" height="6" rx="3" />
      {width > 0 && <rect class="fill" width={Math.max(width, 2)} height="6" rx="3" />}
    </svg>
  );
}
