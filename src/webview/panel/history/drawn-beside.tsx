import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { beside } from "../beside.ts";

/** Draws something into an element; with nothing it takes it away again. */
type Draw = (into: Element, drawn: unknown) => void;

/** What a bundle that is loaded on demand draws, or why it does not. */
export function DrawnBeside({
  drawn,
  by,
  what,
}: {
  readonly drawn: Readonly<Record<string, unknown>>;
  /** The function of `history.js` that draws it. */
  readonly by: string;
  readonly what: string;
}): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const [draw, setDraw] = useState<{ readonly it: Draw } | undefined>(undefined);
  const [failure, setFailure] = useState("");
  useEffect(() => {
    beside<Readonly<Record<string, Draw>>>("history.js").then(
      (loaded) => setDraw({ it: loaded[by]! }),
      ({ message }: Error) => setFailure(message),
    );
  }, []);
  useEffect(() => draw?.it(place.current!, drawn));
  useEffect(() => {
    const element = place.current!;
    return () => draw?.it(element, undefined);
  }, [draw]);
  return (
    <>
      <div ref={place} />
      {failure !== "" && (
        <p role="alert">
          {what} cannot be shown: {failure}.
        </p>
      )}
    </>
  );
}
