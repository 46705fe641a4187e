import type { JSX } from "preact";
import { format } from "../../shared/format.ts";
import { reveal } from "../../shared/host.ts";
import { brief, fit, width as widthOf } from "../../shared/name.tsx";
import { head, lineHeight, pad, spoken } from "./box.ts";
import type { Line } from "./box.ts";
import type { PlacedBox } from "./layout.ts";

export interface NodeProps {
  readonly of: PlacedBox;
  readonly fonts: Fonts;
  /** Whether the editor's cursor is about it. */
  readonly here: boolean;
  /** Somebody points to it. */
  readonly spotted: boolean;
  readonly onFocus: (of: PlacedBox) => void;
}

export interface Fonts {
  readonly title: string;
  readonly detail: string;
}

export function Node({ of, fonts, here, spotted, onFocus }: NodeProps): JSX.Element {
  const { node, model, lines, x, y, width, height } = of;
  const inset = node.kind === "exchange" ? pad + 8 : pad;
  const show = node.at < 0 ? undefined : (): void => reveal(node.at, node.at + node.name.length);
  const title = brief(node.name);
  let top = head;
  return (
    <g
      class={`node ${node.kind} ${model ?? ""}${show ? " shown" : ""}${here ? " here" : ""}${spotted ? " spotted" : ""}`}
      aria-current={here ? "true" : undefined}
      transform={`translate(${x - width / 2} ${y - height / 2})`}
      data-node={node.id}
      {...(show && {
        role: "button",
        tabindex: 0,
        onClick: show,
        // What the mouse presses stays under it.
        onFocus: ({ currentTarget }) => currentTarget.matches(":focus-visible") && onFocus(of),
        onKeyDown: (event: KeyboardEvent) => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          show();
        },
      })}
      aria-label={`${node.kind} ${title}: ${spoken(of)}`}
    >
      {/* The label says all of it, as one sentence. */}
      <g aria-hidden="true">
        <title>{`${title} (${node.kind})`}</title>
        <Outline of={of} />
        <text class="title" x={inset} y={19}>
          {fit(node.name, width - 2 * inset, fonts.title)}
        </text>
        {lines.map((line, index) => {
          const at = top;
          top += lineHeight[line.kind];
          return (
            <g key={index} transform={`translate(${inset} ${at})`}>
              <Content line={line} width={width - 2 * inset} font={fonts.detail} />
            </g>
          );
        })}
      </g>
    </g>
  );
}

function Outline({ of: { node, width, height } }: { readonly of: PlacedBox }): JSX.Element {
  if (node.kind !== "exchange") return <rect class="outline" width={width} height={height} rx={6} />;
  const tip = 14;
  const right = width - tip;
  return (
    <path
      class="outline"
      d={`M${tip} 0H${right}L${width} ${height / 2} ${right} ${height}H${tip}L0 ${height / 2}z`}
    />
  );
}

interface ContentProps {
  readonly line: Line;
  readonly width: number;
  readonly font: string;
}

function Content({ line, width, font }: ContentProps): JSX.Element {
  switch (line.kind) {
    case "text":
      return (
        <text class="detail" y={11}>
          {fit(line.text, width, font)}
        </text>
      );
    case "log":
      return <Log {...line} width={width} />;
    case "level":
      return <LevelBar {...line} width={width} />;
    case "curve":
      return <path class="curve" d={trace(line.values, width, 18)} />;
    case "busy":
      return <Busy {...line} width={width} font={font} />;
    case "state":
      return <State {...line} width={width} font={font} />;
  }
}

type Wide<Kind extends Line["kind"]> = Extract<Line, { kind: Kind }> & { readonly width: number };

/** In front of a line: the partition or the instance that it is about, if there are several. */
function inFront(label: string): JSX.Element | null {
  if (label === "") return null;
  return (
    <text class="detail" y={8}>
      {label}
    </text>
  );
}

/** A partition as a log: what is kept, and of it what the slowest group has read. */
function Log({ label, start, read, end, of, width }: Wide<"log">): JSX.Element {
  const left = 26;
  const at = (offset: number): number => left + ((width - left) * offset) / of;
  return (
    <>
      {inFront(label)}
      <rect class="track" x={left} width={width - left} height={8} rx={2} />
      <rect class="unread" x={at(start)} width={Math.max(0, at(end) - at(start))} height={8} rx={2} />
      <rect class="fill" x={at(start)} width={Math.max(0, at(read) - at(start))} height={8} rx={2} />
    </>
  );
}

/** A queue as a level: now, on average (the mark) and at its highest, on the scale of the deepest queue. */
function LevelBar({ end, mean, max, of, width }: Wide<"level">): JSX.Element {
  const at = (depth: number): number => (width * depth) / of;
  return (
    <>
      <rect class="track" width={width} height={8} rx={4} />
      <rect class="unread" width={at(max)} height={8} rx={4} />
      <rect class="fill" width={at(end)} height={8} rx={4} />
      {max > 0 && <rect class="mark" x={Math.min(at(mean), width - 2)} y={-2} width={2} height={12} />}
    </>
  );
}

type Written<Kind extends Line["kind"]> = Wide<Kind> & { readonly font: string };

const busy = (share: number): string => `busy ${format(share, "share")}`;
/** Shares that take the most room. */
const widest = [0.9999, 0.0001].map(busy);

/** How much of the time an instance was at work; bars are of one length whatever stands beside them. */
function Busy({ label, share, width, font }: Written<"busy">): JSX.Element {
  const left = label === "" ? 0 : 16;
  const right = 8 + Math.max(...widest.map((text) => widthOf(text, font)));
  const full = Math.max(0, width - left - right);
  return (
    <>
      {inFront(label)}
      <rect class="track" x={left} y={1} width={full} height={6} rx={3} />
      <rect class="work" x={left} y={1} width={full * Math.min(1, Math.max(0, share))} height={6} rx={3} />
      <text class="detail" x={width} y={8} text-anchor="end">
        {busy(share)}
      </text>
    </>
  );
}

/** What an instance does at one time of the run. */
function State({ label, text, bad, width, font }: Written<"state">): JSX.Element {
  const left = label === "" ? 0 : 16;
  return (
    <>
      {inFront(label)}
      <text class={`detail${bad ? " fault" : ""}`} x={left} y={8}>
        {fit(bad ? `✕ ${text}` : text, width - left, font)}
      </text>
    </>
  );
}

function trace(values: readonly number[], width: number, height: number): string {
  const most = Math.max(1e-9, ...values);
  const step = width / Math.max(1, values.length - 1);
  return values
    .map(
      (value, index) =>
        `${index === 0 ? "M" : "L"}${(index * step).toFixed(1)} ${(height * (1 - value / most)).toFixed(1)}`,
    )
    .join("");
}
