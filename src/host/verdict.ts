import type { Summary } from "../core/index.ts";

/** How a run ended, in a few words. */
export function verdictOf({ expect, stopped, totals }: Summary): string {
  const stop = stopped.startsWith("limit:")
    ? `stopped by its limit (${stopped.slice("limit:".length)}) · `
    : "";
  const failed = expect.filter(({ holds }) => !holds).length;
  if (failed > 0)
    return `${stop}✗ ${failed} of ${count(expect.length, "expectation")} ${failed === 1 ? "fails" : "fail"}`;
  if (expect.length > 0)
    return `${stop}✓ ${count(expect.length, "expectation")} ${expect.length === 1 ? "holds" : "hold"}`;
  return `${stop}${count(totals.processed, "message")} processed`;
}

export function count(number: number, thing: string): string {
  return `${number.toLocaleString("en-US")} ${thing}${number === 1 ? "" : "s"}`;
}
