import type { JSX } from "preact";
import { format } from "../shared/format.ts";
import { coded, Name, Told } from "../shared/name.tsx";
import { Value } from "./figure.tsx";
import type { Piece } from "./result.ts";

/** Pieces of a sentence: names and quotes stay texts, numbers keep their place in the summary. */
export function Sentence({ of }: { readonly of: readonly Piece[] }): JSX.Element {
  return (
    <>
      {of.map((piece) => {
        if (typeof piece === "string") return coded(piece);
        if ("name" in piece) return <Name of={piece.name} />;
        if ("quote" in piece) return <Told of={piece.quote} />;
        const { path, value, as } = piece;
        return path === undefined ? (
          <span class="number">{format(value, as)}</span>
        ) : (
          <Value path={path} value={value} as={as} />
        );
      })}
    </>
  );
}
