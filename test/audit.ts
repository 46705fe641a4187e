import { readFileSync } from "node:fs";
import type { Frame, Page } from "playwright-core";

const axe = readFileSync(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8");

interface Audit {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
  }[];
}

/** Labels of the diagram's nodes say in words what its bars and curves show, not the few texts among them letter by letter. */
const but = { rules: { "label-content-name-mismatch": { enabled: false } } };

/** What axe-core finds wrong with a page, each with where. */
export async function audit(page: Page | Frame): Promise<readonly string[]> {
  // What is still fading in has no contrast yet.
  await page.evaluate(
    async () => void (await Promise.all(document.getAnimations().map(({ finished }) => finished))),
  );
  await page.evaluate(axe);
  const { violations } = await page.evaluate(
    (options) =>
      (window as unknown as { axe: { run(of: Document, options: unknown): Promise<Audit> } }).axe.run(
        document,
        options,
      ),
    but,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
  );
}
