import { useEffect, useState } from "preact/hooks";

let spotted: string | undefined;
const listeners = new Set<() => void>();

/** Points to a node of the diagram by its id, or to none any more. */
export function spot(node: string | undefined): void {
  spotted = node;
  for (const listener of listeners) listener();
}

/** The node that is pointed to. */
export function useSpot(): string | undefined {
  const [node, setNode] = useState(spotted);
  useEffect(() => {
    const listener = (): void => setNode(spotted);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return node;
}
