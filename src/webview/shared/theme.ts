import { useEffect, useState } from "preact/hooks";

/** Resolves a color of the editor's theme to one that a canvas takes. */
export function color(expression: string): string {
  const probe = document.createElement("span");
  probe.style.color = expression;
  document.body.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

/** A number that changes when the editor's theme does: the editor changes the body's class and the root's style. */
export function useTheme(): number {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const observer = new MutationObserver(() => setTurn((now) => now + 1));
    observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-id"] });
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style"] });
    return () => observer.disconnect();
  }, []);
  return turn;
}
