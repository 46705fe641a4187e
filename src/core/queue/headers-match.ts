import type { FieldTable, FieldValue } from "../model/topology.ts";
import type { HeaderTable } from "./content.ts";

const modes = ["all", "any", "all-with-x", "any-with-x"] as const;
type Mode = (typeof modes)[number];

/** The `x-match` of a binding to a headers exchange, `all` by default; undefined where a bind is refused with 406. */
export function matchMode(args: FieldTable): Mode | undefined {
  const mode = args.has("x-match") ? args.get("x-match") : "all";
  return modes.find((one) => one === mode);
}

/**
 * Whether a binding's arguments match a message's headers. `all` and `any` skip every argument that begins with `x-`,
 * the others only `x-match`. With no argument left `all` matches every message and `any` none. A null argument asks
 * only that the header is there. Types matter (1 is not "1"); numbers compare by value. (Recorded from RabbitMQ 3.10)
 */
export function headersMatch(args: FieldTable, headers: HeaderTable): boolean {
  const mode = matchMode(args);
  if (mode === undefined) return false;
  const withX = mode === "all-with-x" || mode === "any-with-x";
  const all = mode === "all" || mode === "all-with-x";
  for (const [name, wanted] of args) {
    if (name === "x-match" || (!withX && name.startsWith("x-"))) continue;
    if (fits(wanted, headers, name) !== all) return !all;
  }
  return all;
}

function fits(wanted: FieldValue, headers: HeaderTable, name: string): boolean {
  return headers.has(name) && (wanted === null || headers.get(name) === wanted);
}
