import { useEffect, useState } from "preact/hooks";

/** Resolves a color of the editor's theme to one that a canvas takes. */
export function color(expression: string): string {
  const probe = document.createElement("span");
  // Where the system forces its colors on a page, the panel's own variables name them.
  probe.style.forcedColorAdjust = "none";
  probe.style.color = expression;
  document.body.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

/** Whether the system shows all pages in the few colors that a person chose: what they tell apart has to be told otherwise. */
export const fewColors = (): MediaQueryList => matchMedia("(forced-colors: active)");

/** A number that changes when the editor's theme does: the editor changes the body's class and the root's style. */
export function useTheme(): number {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const next = (): void => setTurn((now) => now + 1);
    const observer = new MutationObserver(next);
    observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-id"] });
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style"] });
    const forced = fewColors();
    forced.addEventListener("change", next);
    return () => {
      observer.disconnect();
      forced.removeEventListener("change", next);
    };
  }, []);
  return turn;
}
