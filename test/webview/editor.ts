import type { Page } from "playwright-core";
import type { Result } from "../../src/core/stats/result.ts";
import type { FromLayout, ToLayout } from "../../src/protocol/drawing.ts";
import type { FromPanel, ToPanel } from "../../src/protocol/panel.ts";
import { answer } from "../../src/worker/layout.ts";

declare global {
  interface Window {
    posted: FromPanel[];
    violations: string[];
    /** Layouts that the page has asked for. */
    layouts: number;
    hacked?: boolean;
    layOut(asked: ToLayout): Promise<FromLayout>;
  }
}

/**
 * Stands in for the editor: the one function that it gives a page, and the layout that its worker makes. What the page posts
 * and breaks is kept.
 */
export async function standIn(page: Page): Promise<void> {
  await page.exposeFunction("layOut", answer);
  await page.addInitScript(() => {
    window.posted = [];
    window.violations = [];
    window.layouts = 0;
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, sample }) => {
      window.violations.push(`${violatedDirective} ${sample}`);
    });
    Object.assign(window, {
      acquireVsCodeApi: () => ({
        postMessage: (message: FromPanel) => {
          if (message.type !== "place") window.posted.push(message);
          else {
            window.layouts++;
            void window.layOut(message).then(({ type, ...told }) => {
              window.postMessage({ type: type === "placed" ? type : "unplaced", ...told }, "*");
            });
          }
        },
        getState: () => JSON.parse(sessionStorage.getItem("state") ?? "null") ?? undefined,
        setState: (state: unknown) => sessionStorage.setItem("state", JSON.stringify(state)),
      }),
    });
  });
}

/**
 * Sends a message as the host does: once the panel has said that it listens, with columns as typed arrays. Ends when the panel
 * has heard it.
 */
export async function send(page: Page, message: ToPanel): Promise<void> {
  await page.waitForFunction(() => window.posted.some(({ type }) => type === "ready"));
  const text = JSON.stringify(message, (_, value: unknown) =>
    ArrayBuffer.isView(value)
      ? {
          column: value.constructor.name,
          bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64"),
        }
      : value,
  );
  await page.evaluate((json) => {
    const kinds: Readonly<Record<string, new (bytes: ArrayBuffer) => ArrayBufferView>> = {
      Float64Array,
      Int32Array,
      Uint16Array,
      Uint8Array,
    };
    const data: unknown = JSON.parse(
      json,
      (_, value: { readonly column?: string; readonly bytes?: string } | null) => {
        const kind = typeof value === "object" ? kinds[value?.column ?? ""] : undefined;
        return kind
          ? new kind(Uint8Array.from(atob(value?.bytes ?? ""), (letter) => letter.charCodeAt(0)).buffer)
          : value;
      },
    );
    window.dispatchEvent(new MessageEvent("message", { data }));
  }, text);
}

/** Shows a result. When this ends, the first one of a page is drawn: the diagram fitted into its window, and the charts. */
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
  await page.waitForFunction(() => {
    const [drawing, stage] = [".stage svg", ".stage"].map((part) =>
      document.querySelector(part)!.getBoundingClientRect(),
    );
    const fits = Math.abs(drawing!.width - stage!.width) < 1 && Math.abs(drawing!.height - stage!.height) < 1;
    return fits && !document.querySelector(".plot:empty");
  });
}
