import type { Page } from "playwright-core";
import type { Summary } from "../../src/core/stats/result.ts";

/** The numbers on the page, by their path in the summary; one may stand in several places. */
export async function shownNumbers(page: Page): Promise<ReadonlyMap<string, readonly string[]>> {
  const pairs = await page.evaluate(() =>
    Array.from(
      document.querySelectorAll<HTMLElement>("[data-path]"),
      ({ dataset }) => [dataset["path"] ?? "", dataset["value"] ?? ""] as const,
    ),
  );
  const shown = new Map<string, string[]>();
  for (const [path, value] of pairs) shown.set(path, [...(shown.get(path) ?? []), value]);
  return shown;
}

/** `queues["a.b"].depth.max` is `queues`, `a.b`, `depth`, `max`. */
export function stepsOf(path: string): readonly string[] {
  return Array.from(path.matchAll(/\[("(?:[^"\\]|\\.)*")\]|[^.[\]]+/g), ([step, quoted]) =>
    quoted === undefined ? step : (JSON.parse(quoted) as string),
  );
}

/** What stands at such a path. */
export function digAt(summary: Summary, path: string): unknown {
  return stepsOf(path).reduce<unknown>(
    (at, step) => (at as Readonly<Record<string, unknown>>)[step],
    summary,
  );
}
