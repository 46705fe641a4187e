import type { Page } from "playwright-core";
import type { Result } from "../../src/core/stats/result.ts";
import type { FromPanel, ToPanel } from "../../src/protocol/panel.ts";

declare global {
  interface Window {
    posted: FromPanel[];
    violations: string[];
    hacked?: boolean;
  }
}

/** Stands in for the editor: the one function that it gives a page. What the page posts and breaks is kept. */
export async function standIn(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.posted = [];
    window.violations = [];
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, sample }) => {
      window.violations.push(`${violatedDirective} ${sample}`);
    });
    Object.assign(window, {
      acquireVsCodeApi: () => ({
        postMessage: (message: FromPanel) => window.posted.push(message),
        getState: () => JSON.parse(sessionStorage.getItem("state") ?? "null") ?? undefined,
        setState: (state: unknown) => sessionStorage.setItem("state", JSON.stringify(state)),
      }),
    });
  });
}

/** Sends a message as the host does: columns arrive as typed arrays. */
export async function send(page: Page, message: ToPanel): Promise<void> {
  const columns: Float64Array[] = [];
  const text = JSON.stringify(message, (_, value: unknown) => {
    if (!(value instanceof Float64Array)) return value;
    columns.push(value);
    return { column: columns.length - 1 };
  });
  const numbers = columns.map((column) =>
    Array.from(column, (value) => (Number.isNaN(value) ? null : value)),
  );
  await page.evaluate(
    ([json, arrays]) => {
      const data: unknown = JSON.parse(json, (_, value: unknown) => {
        const at =
          typeof value === "object" && value !== null ? (value as { column?: number }).column : undefined;
        return at === undefined ? value : Float64Array.from(arrays[at] ?? [], (one) => one ?? NaN);
      });
      window.postMessage(data, "*");
    },
    [text, numbers] as const,
  );
}

export async function show(
  page: Page,
  result: Result,
  change: Partial<Extract<ToPanel, { type: "result" }>> = {},
): Promise<void> {
  const file = "order-flow.topology.yaml";
  await send(page, {
    type: "result",
    file,
    uri: `file:///examples/${file}`,
    wallMs: 212.4,
    stale: false,
    result,
    ...change,
  });
  await page.waitForSelector("main .node");
}
