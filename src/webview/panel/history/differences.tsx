import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { format } from "../../shared/format.ts";
import { coded, Name, Told } from "../../shared/name.tsx";
import type { Piece } from "../result.ts";
import type { Comparison } from "./heard.ts";
import { Arrow, Changed, mood } from "./since.tsx";

type Figure = Comparison["figures"][number];

/** What two runs differ in: in the file, in the outcome, and in what was found. */
export function Differences({ of }: { readonly of: Comparison }): JSX.Element {
  return (
    <div class="differences">
      <File of={of} />
      <Outcome of={of} />
      <Found of={of} />
    </div>
  );
}

function File({ of: { file, fileMore, sameText, came, went } }: { readonly of: Comparison }): JSX.Element {
  return (
    <section aria-label="In the file">
      <h2>In the file</h2>
      {file.length === 0 && (
        <p class="dim">{sameText ? "Nothing: both ran the same text." : "Only comments, order or layout."}</p>
      )}
      <Few
        of={[
          ...file.map((change) => <Changed key={change.path} of={change} />),
          ...(fileMore > 0 ? [<span class="dim">and {fileMore} more: compare the files</span>] : []),
        ]}
      />
      {[
        ...came.map((thing) => ["+", "new", thing] as const),
        ...went.map((thing) => ["−", "gone", thing] as const),
      ].map(([sign, word, { kind, name }]) => (
        <p key={`${word} ${kind} ${name}`} class="thing">
          <span aria-hidden="true">{sign} </span>
          {word}: {kind} <Name of={name} />
        </p>
      ))}
    </section>
  );
}

const rowsFirst = 10;

function Outcome({ of: { figures } }: { readonly of: Comparison }): JSX.Element {
  const [all, setAll] = useState(false);
  if (figures.length === 0)
    return (
      <section aria-label="In the outcome">
        <h2>In the outcome</h2>
        <p class="dim">Nothing: every figure is the same.</p>
      </section>
    );
  const more = figures.length - rowsFirst;
  return (
    <section aria-label="In the outcome">
      <div class="scroll" tabindex={0} role="region" aria-label="Figures that differ">
        <table class="figures">
          <caption>In the outcome</caption>
          <thead>
            <tr>
              <th scope="col">
                <span class="hidden">figure</span>
              </th>
              <th scope="col">earlier</th>
              <th scope="col">later</th>
              <td />
              <th scope="col" colSpan={2}>
                difference
              </th>
            </tr>
          </thead>
          <tbody>
            {(all ? figures : figures.slice(0, rowsFirst)).map((figure, index) => (
              <Row key={index} of={figure} />
            ))}
          </tbody>
        </table>
      </div>
      {more > 0 && (
        <button type="button" class="link go" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "fewer" : `${more} more`}
        </button>
      )}
    </section>
  );
}

function Row({ of }: { readonly of: Figure }): JSX.Element {
  const { of: thing, name, as, before, after, verdict, chance } = of;
  return (
    <tr>
      <th scope="row">
        {name}
        {thing && (
          <span class="dim">
            {" "}
            of <Name of={thing.name} />
          </span>
        )}
      </th>
      <td class="number">{format(before, as)}</td>
      <td class="number">{format(after, as)}</td>
      <td>
        <Bars before={before ?? 0} after={after ?? 0} verdict={verdict} />
      </td>
      <td class="number">
        <Arrow {...of} /> {difference(before, after)}
      </td>
      <td>
        {chance ? (
          <span class="dim">may be chance</span>
        ) : (
          verdict !== "other" && <span class={mood(verdict)}>{verdict}</span>
        )}
      </td>
    </tr>
  );
}

const barWidth = 56;

/** The earlier value hollow, the later one filled, on one scale. */
function Bars({
  before,
  after,
  verdict,
}: {
  readonly before: number;
  readonly after: number;
  readonly verdict: Figure["verdict"];
}): JSX.Element {
  const most = Math.max(before, after) || 1;
  const width = (value: number): number => Math.max(value > 0 ? 1.5 : 0, (value / most) * (barWidth - 1));
  return (
    <svg class={`pairs ${mood(verdict)}`} width={barWidth} height="11" aria-hidden="true">
      <rect class="was" x="0.5" y="0.5" width={width(before)} height="4" />
      <rect class="is" x="0.5" y="6" width={width(after)} height="5" />
    </svg>
  );
}

/** In share of the earlier value while that says something, else as a factor; from nothing there is neither. */
function difference(before: number | null, after: number | null): string {
  if (before === null || after === null || before === 0) return before === 0 ? "from 0" : "";
  const factor = after / before;
  if (after === 0) return "to 0";
  if (factor >= 3) return `×${format(factor, "count")}`;
  return `${factor > 1 ? "+" : "−"}${format(Math.abs(factor - 1), "share")}`;
}

/** Findings with the sign of their coming and going, and expectations that turned. */
function Found({ of: { appeared, gone, expectations } }: { readonly of: Comparison }): JSX.Element {
  const none = appeared.length + gone.length + expectations.length === 0;
  return (
    <section aria-label="What was found">
      <h2>What was found</h2>
      {none && <p class="dim">Nothing: the same was found in both.</p>}
      <Few
        of={[
          ...expectations.map(({ says, before, after }, index) => (
            <Turned
              key={`e${index}`}
              sign={turn(before, after)[0]}
              word={turn(before, after)[1]}
              mood={after === undefined ? "dim" : after ? "ok" : "bad"}
            >
              <Sentence of={says} />
            </Turned>
          )),
          ...appeared.map(({ says, mood }, index) => (
            <Turned key={`a${index}`} sign="+" word="new:" mood={mood}>
              <Sentence of={says} />
            </Turned>
          )),
          ...gone.map(({ says }, index) => (
            <Turned key={`g${index}`} sign="−" word="gone:" mood="dim">
              <Sentence of={says} />
            </Turned>
          )),
        ]}
      />
    </section>
  );
}

function turn(
  before: boolean | undefined,
  after: boolean | undefined,
): readonly [sign: string, word: string] {
  if (after === undefined) return ["−", "no longer expected:"];
  if (before === undefined)
    return [after ? "✓" : "✕", after ? "newly expected, holds:" : "newly expected, fails:"];
  return after ? ["✓", "now holds:"] : ["✕", "now fails:"];
}

function Turned({
  sign,
  word,
  mood,
  children,
}: {
  readonly sign: string;
  readonly word: string;
  readonly mood: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <span class="turned">
      <span class={`sign ${mood}`} aria-hidden="true">
        {sign}
      </span>
      <span>
        <b>{word}</b> {children}
      </span>
    </span>
  );
}

/** Its numbers are of either run: none of them stands for a figure of the one on display. */
function Sentence({ of }: { readonly of: readonly Piece[] }): JSX.Element {
  return (
    <>
      {of.map((piece) => {
        if (typeof piece === "string") return coded(piece);
        if ("name" in piece) return <Name of={piece.name} />;
        if ("quote" in piece) return <Told of={piece.quote} />;
        return <span class="number">{format(piece.value, piece.as)}</span>;
      })}
    </>
  );
}

const itemsFirst = 8;

/** A list, whole on demand. */
function Few({ of }: { readonly of: readonly JSX.Element[] }): JSX.Element | null {
  const [all, setAll] = useState(false);
  const more = of.length - itemsFirst;
  if (of.length === 0) return null;
  return (
    <>
      <ul>
        {(all ? of : of.slice(0, itemsFirst)).map((one, index) => (
          <li key={index}>{one}</li>
        ))}
      </ul>
      {more > 0 && (
        <button type="button" class="link go" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "fewer" : `${more} more`}
        </button>
      )}
    </>
  );
}
