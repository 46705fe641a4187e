import type { JSX } from "preact";
import { Name } from "../shared/name.tsx";
import { Value } from "./figure.tsx";
import type { Piece } from "./findings.ts";

/** Pieces of a sentence: names stay texts, numbers keep their place in the summary. */
export function Sentence({ of }: { readonly of: readonly Piece[] }): JSX.Element {
  return (
    <>
      {of.map((piece) => {
        if (typeof piece === "string") return piece;
        return "name" in piece ? <Name of={piece.name} /> : <Value {...piece} />;
      })}
    </>
  );
}
