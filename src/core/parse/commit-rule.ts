import type { Keys, ReadContext } from "./read-context.ts";
import { booleanOf } from "./value-read.ts";

/** `commit` says when; `enable.auto.commit` says whether Kafka's client does it by itself: the two must agree. */
export function checkCommit(keys: Keys, context: ReadContext): void {
  const written = keys.get("config", "enable.auto.commit");
  const automatic = booleanOf(written);
  if (written === undefined || automatic === undefined) return;
  const commit = keys.choice("commit", "auto", "after", "before", "transactional");
  if (automatic && commit !== undefined && commit !== "auto")
    context.badValue(written.span, {
      key: "enable.auto.commit",
      found: "`true`",
      reason: `\`commit: ${commit}\` says that the application commits by itself. Delete one of the two`,
    });
  if (!automatic && (commit === undefined || commit === "auto"))
    context.badValue(written.span, {
      key: "enable.auto.commit",
      found: "`false`",
      reason:
        "then the application commits by itself. Say when: `commit: after` (at least once) or `commit: before` (at most once)",
    });
}
