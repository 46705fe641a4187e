import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { picture, place, take } from "../shared/host.ts";
import type { Form, Pictured } from "../shared/host.ts";
import { beside } from "./beside.ts";
import { models } from "./result.ts";
import type { Result } from "./result.ts";

/** What a run can be taken along as, in the order of how often it is wanted. */
const forms: readonly (readonly [title: string, form: Form])[] = [
  ["Report (HTML)", "report"],
  ["Figures (JSON)", "json"],
  ["Charts' data (CSV)", "series"],
  ["Messages (CSV)", "messages"],
  ["Topology (Mermaid)", "mermaid"],
];
const pictures: readonly (readonly [title: string, of: Pictured, format: "svg" | "png"])[] = [
  ["Diagram (SVG)", "diagram", "svg"],
  ["Diagram (PNG)", "diagram", "png"],
  ["Charts (SVG)", "charts", "svg"],
  ["Charts (PNG)", "charts", "png"],
  ["Both models (SVG)", "models", "svg"],
  ["Both models (PNG)", "models", "png"],
];

interface Pictures {
  picture(of: Pictured, format: "svg" | "png", result: Result, by: typeof place): Promise<Uint8Array>;
}

/** Takes the run along in one of its forms. */
export function Take({ result }: { readonly result: Result }): JSX.Element {
  const menu = useRef<HTMLDetailsElement>(null);
  const [failure, setFailure] = useState("");
  const both = new Set(models(result.graph).values()).size > 1;
  const offered = pictures.filter(([, of]) => both || of !== "models");
  useEffect(() => {
    const leave = ({ target }: Event): void => {
      if (menu.current && !menu.current.contains(target as Node)) menu.current.open = false;
    };
    document.addEventListener("pointerdown", leave);
    return () => document.removeEventListener("pointerdown", leave);
  }, []);
  const close = (): void => {
    if (!menu.current) return;
    menu.current.open = false;
    menu.current.querySelector("summary")?.focus();
  };
  const draw = async (of: Pictured, format: "svg" | "png"): Promise<void> => {
    const { picture: drawn } = await beside<Pictures>("pictures.js");
    picture(of, format, await drawn(of, format, result, place));
  };
  return (
    <details
      class="take"
      ref={menu}
      onKeyDown={({ key }) => {
        if (key === "Escape") close();
      }}
    >
      <summary class="push">Save as</summary>
      <div>
        {forms.map(([title, form]) => (
          <button
            key={form}
            type="button"
            onClick={() => {
              close();
              take(form);
            }}
          >
            {title}
          </button>
        ))}
        {offered.map(([title, of, format]) => (
          <button
            key={title}
            type="button"
            onClick={() => {
              close();
              setFailure("");
              draw(of, format).catch(({ message }: Error) => setFailure(message));
            }}
          >
            {title}
          </button>
        ))}
      </div>
      {failure !== "" && <p role="alert">No picture was made: {failure}.</p>}
    </details>
  );
}
