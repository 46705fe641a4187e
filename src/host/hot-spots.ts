import { l10n } from "vscode";
import type { Summary, Thing } from "../core/index.ts";
import { number, quantity } from "./quantity.ts";

/** Where a run hurt, and what it measured there. */
export interface HotSpot extends Thing {
  readonly says: string;
}

/** A consumer that is busy for so much of the time has no reserve. */
const busyShare = 0.9;

/** A backlog of fewer messages is no backlog. */
const backlogMin = 100;

/** Where messages were lost or turned away, a backlog grew to the end of the run, or a consumer had no time left. */
export function hotSpots({ producers, exchanges, groups, queues, consumers }: Summary): HotSpot[] {
  const spots: HotSpot[] = [];
  const spot = (kind: Thing["kind"], name: string, says: string): void =>
    void spots.push({ kind, name, says });
  for (const [name, { refused, timedOut, unroutable }] of Object.entries(producers)) {
    if (refused > 0)
      spot("producer", name, l10n.t("The broker refused {0} of its messages.", number(refused)));
    if (timedOut > 0)
      spot(
        "producer",
        name,
        l10n.t("{0} of its messages were given up: their time was over.", number(timedOut)),
      );
    if (unroutable > 0)
      spot("producer", name, l10n.t("{0} of its messages reached no queue.", number(unroutable)));
  }
  for (const [name, { unroutable }] of Object.entries(exchanges))
    if (unroutable > 0)
      spot("exchange", name, l10n.t("{0} messages had no binding to follow.", number(unroutable)));
  for (const [name, { lag, expiredUnread }] of Object.entries(groups)) {
    if (grew(lag)) spot("group", name, l10n.t("Its lag grew to {0} by the end.", number(lag.end)));
    if (expiredUnread > 0)
      spot("group", name, l10n.t("{0} records were deleted before it read them.", number(expiredUnread)));
  }
  for (const [name, { depth, dropped }] of Object.entries(queues)) {
    if (grew(depth)) spot("queue", name, l10n.t("It grew to {0} messages by the end.", number(depth.end)));
    const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
    if (lost > 0) spot("queue", name, l10n.t("It dropped {0} messages.", number(lost)));
  }
  for (const [name, { utilization, skipped }] of Object.entries(consumers)) {
    if (utilization >= busyShare)
      spot("consumer", name, l10n.t("It was busy {0} of the time.", quantity(utilization, "share")));
    if (skipped > 0)
      spot("consumer", name, l10n.t("It passed over {0} messages unfinished.", number(skipped)));
  }
  return spots;
}

/** A level that swings comes back; one that ends at its highest, far above its mean, does not. */
function grew({
  max,
  mean,
  end,
}: {
  readonly max: number;
  readonly mean: number;
  readonly end: number;
}): boolean {
  return end >= backlogMin && end >= 0.95 * max && end >= 1.5 * mean;
}
