import { l10n } from "vscode";
import type { Summary } from "../core/index.ts";
import { number } from "./quantity.ts";

/** How a run ended, in a few words. */
export function verdictOf({ expect, stopped, totals }: Summary): string {
  const ended = ending(expect, totals.processed);
  return stopped.startsWith("limit:")
    ? l10n.t("stopped by its limit ({0}) · {1}", stopped.slice("limit:".length), ended)
    : ended;
}

function ending(expect: Summary["expect"], processed: number): string {
  const failed = expect.filter(({ holds }) => !holds).length;
  const all = number(expect.length);
  if (failed > 0)
    return expect.length === 1
      ? l10n.t("✗ The expectation fails")
      : failed === 1
        ? l10n.t("✗ 1 of {0} expectations fails", all)
        : l10n.t("✗ {0} of {1} expectations fail", number(failed), all);
  if (expect.length > 0)
    return expect.length === 1 ? l10n.t("✓ 1 expectation holds") : l10n.t("✓ {0} expectations hold", all);
  return processed === 1
    ? l10n.t("1 message processed")
    : l10n.t("{0} messages processed", number(processed));
}
