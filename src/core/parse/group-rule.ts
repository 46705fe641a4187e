import type { ReadContext } from "./read-context.ts";
import { at, entriesOf, textOf } from "./tree.ts";
import type { Entry, Tree } from "./tree.ts";
import { quantityOf } from "./value-read.ts";

/** The engine's groups form once: members of a group that join or leave at different times are for later. */
export function checkGroups(consumers: Tree | undefined, context: ReadContext): void {
  const first = new Map<string, Entry>();
  for (const entry of entriesOf(consumers)) {
    const group = textOf(at(entry.value, "group"));
    if (group === undefined) continue;
    const other = first.get(group);
    if (other === undefined) {
      first.set(group, entry);
      continue;
    }
    for (const key of ["from", "until"]) {
      const mine = at(entry.value, key);
      const theirs = at(other.value, key);
      if (quantityOf(mine, "duration") === quantityOf(theirs, "duration")) continue;
      context.notSimulated(mine?.span ?? entry.key.span, {
        what: `A group whose members have different \`${key}\``,
        simulated: `Give \`${entry.key.text}\` the same \`${key}\` as \`${other.key.text}\`, or a group of its own.`,
      });
    }
  }
}
