import { expect, test } from "vitest";
import { show } from "./editor.ts";
import { panels } from "./opened-panel.ts";
import { orderFlow } from "./order-flow.ts";
import { digAt, shownNumbers, stepsOf } from "./shown-numbers.ts";

const { open } = panels();

/** Paths of all numbers in a part of a summary. */
function* leaves(from: unknown, steps: readonly string[]): Iterable<readonly string[]> {
  if (typeof from === "number" || from === null) yield steps;
  else if (typeof from === "object")
    for (const [key, value] of Object.entries(from)) yield* leaves(value, [...steps, key]);
}

test("each number stands with its path, exactly as in the summary", async () => {
  const page = await open();
  const { summary } = orderFlow();
  await show(page, orderFlow());
  const shown = await shownNumbers(page);
  for (const [path, values] of shown)
    expect([path, ...values]).toEqual([path, ...values.map(() => String(digAt(summary, path)))]);
});

test("no number of the summary is left out but those of the deliveries one by one", async () => {
  const page = await open();
  const { summary } = orderFlow();
  await show(page, orderFlow());
  const shown = new Set([...(await shownNumbers(page)).keys()].map((path) => stepsOf(path).join("/")));
  const sections = [
    "producers",
    "topics",
    "groups",
    "exchanges",
    "queues",
    "consumers",
    "totals",
    "expect",
  ] as const;
  const named =
    /attemptLatency|endToEnd|\/(wait|latency)\/count$|\/(partitions|instances)\/\d+\/(partition|instance)$|\/(span|bound)\/|\/(of|during|interval)$/;
  const missing = sections
    .flatMap((section) => [...leaves(summary[section], [section])].map((steps) => steps.join("/")))
    .filter((path) => !shown.has(path) && !named.test(path));
  expect(missing).toEqual([]);
});

test("each number is written for people beside that", async () => {
  const page = await open();
  await show(page, orderFlow());
  const written = {
    "groups.fraud.lag.max": "31,204",
    "queues.payment.depth.mean": "3.07",
    "queues.payment.deadLettered.delivery-limit": "6",
    "topics.order-events.partitions.0.bytes": "23.7 MiB",
    "consumers.payments.throughput": "40.3/s",
    "consumers.payments.utilization": "43 %",
    "consumers.payments.latency.p99": "389 ms",
    "consumers.fraud.latency.max": "6.3 s",
    "consumers.profiles.unfinished": "< 0.1 %",
  };
  for (const [path, text] of Object.entries(written))
    expect(spaces(await page.locator(`.sheet [data-path="${path}"]`).textContent())).toBe(text);
});

test("a value that the run does not have is a dash", async () => {
  const page = await open();
  const result = orderFlow();
  const { repairs } = result.summary.consumers;
  const none = { count: 0, mean: null, p50: null, p90: null, p99: null, p999: null, max: null };
  const consumers = { repairs: { ...repairs!, wait: none, latency: none } };
  await show(page, orderFlow({ consumers }));
  const cell = page.locator('.sheet [data-path="consumers.repairs.latency.p99"]');
  expect(await cell.textContent()).toBe("–");
  expect(await cell.getAttribute("data-value")).toBe("null");
});

function spaces(text: string | null): string {
  return (text ?? "").replaceAll("\u202f", " ");
}
