import type { ComponentChildren, JSX } from "preact";
import { format } from "../../shared/format.ts";
import { Name, brief } from "../../shared/name.tsx";
import type { Comparison } from "./heard.ts";

type FileChange = Comparison["file"][number];
type Figure = Comparison["figures"][number];

const most = 2;

/** In one line: what changed in the file since the run before, and what that did to the outcome. */
export function Since({ since }: { readonly since: Comparison | undefined }): JSX.Element {
  if (!since) return <p class="dim">There is no earlier run to compare with.</p>;
  const { file, fileMore, headlines, figures, expectations } = since;
  const more = file.length + fileMore - most;
  const broken = expectations.filter(({ before, after }) => before && after === false).length;
  const mended = expectations.filter(({ before, after }) => before === false && after).length;
  return (
    <p>
      <span class="dim">Since the last run: </span>
      {file.slice(0, most).map((change) => (
        <Changed key={change.path} of={change} />
      ))}
      {more > 0 && <Piece>and {more} more</Piece>}
      {file.length === 0 && (
        <Piece>{since.sameText ? "the file is the same" : "only comments, order or layout changed"}</Piece>
      )}
      <span class="then" aria-hidden="true">
        ⇒{" "}
      </span>
      {broken > 0 && <Flips count={broken} word="fails" sign="✕" mood="bad" />}
      {mended > 0 && <Flips count={mended} word="holds" sign="✓" mood="ok" />}
      {headlines.map((figure, index) => (
        <Moved key={index} of={figure} />
      ))}
      {headlines.length + broken + mended === 0 && (
        <Piece>{figures.length === 0 ? "the outcome is the same" : "no figure moved by much"}</Piece>
      )}
    </p>
  );
}

/** A part that stays on one line where it can. */
function Piece({
  mood = "",
  children,
}: {
  readonly mood?: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <>
      <span class={`piece ${mood}`}>{children}</span>{" "}
    </>
  );
}

function Flips({
  count,
  word,
  sign,
  mood,
}: {
  readonly count: number;
  readonly word: string;
  readonly sign: string;
  readonly mood: string;
}): JSX.Element {
  const verb = count === 1 ? word : word.slice(0, -1);
  return (
    <Piece mood={mood}>
      {sign} {count === 1 ? "1 expectation" : `${count} expectations`} now {verb}
    </Piece>
  );
}

/** A change of the file: its path, and what stands there in place of what. */
export function Changed({ of: { path, before, after } }: { readonly of: FileChange }): JSX.Element {
  return (
    <Piece>
      <code>
        <bdi>
          {brief(path)
            .split(/(?<=\.)/)
            .flatMap((step, index) => [index > 0 && <wbr key={index} />, step])}
        </bdi>
      </code>{" "}
      {before === undefined ? (
        <span>added: </span>
      ) : (
        <>
          <bdi class="dim">{brief(before)}</bdi>
          <span aria-hidden="true"> → </span>
          <span class="hidden"> became </span>
        </>
      )}
      {after === undefined ? "removed" : <bdi>{brief(after)}</bdi>}
    </Piece>
  );
}

/** A figure that moved: which way, whose, from where to where, and whether that is better. */
export function Moved({
  of: { of, name, as, before, after, verdict },
}: {
  readonly of: Figure;
}): JSX.Element {
  return (
    <Piece>
      <Arrow before={before} after={after} verdict={verdict} /> {name}
      {of && (
        <>
          {" "}
          of <Name of={of.name} />
        </>
      )}{" "}
      <span class="number dim">{format(before, as)}</span>
      <span aria-hidden="true"> → </span>
      <span class="hidden"> became </span>
      <span class="number">{format(after, as)}</span>
      {verdict !== "other" && <span class={mood(verdict)}> {verdict}</span>}
    </Piece>
  );
}

export function Arrow({ before, after, verdict }: Pick<Figure, "before" | "after" | "verdict">): JSX.Element {
  const sign = before === null || after === null ? "•" : after > before ? "▲" : "▼";
  return (
    <span class={`sign ${mood(verdict)}`} aria-hidden="true">
      {sign}
    </span>
  );
}

export const mood = (verdict: Figure["verdict"]): string =>
  verdict === "better" ? "ok" : verdict === "worse" ? "bad" : "dim";
