import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { check, codes, LineIndex } from "../../src/core/index.ts";

/** The words that the failing example of the code's page is marked at, each with its line. */
function marksOf(code: string): string {
  const page = readFileSync(new URL(`../../docs/checks/${code}.md`, import.meta.url), "utf8");
  const text = /^```yaml bad\n([\s\S]*?)^```$/mu.exec(page)?.[1] ?? "";
  const index = new LineIndex(text);
  return check(text)
    .map(({ span }) => `${index.position(span.start).line}: ${text.slice(span.start, span.end)}`)
    .join(", ");
}

test("every code marks the words that it is about", () => {
  expect(Object.fromEntries(codes.map((code) => [code, marksOf(code)]))).toMatchInlineSnapshot(`
    {
      "abort-repeats-poll": "5: 2%",
      "ack-timeout": "4: 45m",
      "argument-conflict": "2: x-delivery-limit",
      "auto-ack-loss": "4: auto",
      "auto-commit-loss": "4: 4",
      "bad-value": "4: 50/fortnight",
      "changelog-unfit": "10: state",
      "compacted-without-key": "3: profiles",
      "dead-binding": "7: refund",
      "dead-letter-loop": "4: """,
      "dead-letter-missing": "4: dlx",
      "dead-letter-unroutable": "5: dlx",
      "deprecated-setting": "3: x-queue-mode",
      "duplicate-binding": "7: "order.placed.*"",
      "exchange-cycle": "6: a",
      "exclusive-access": "2: true",
      "expectation-out-of-reach": "6: {metric: throughput, of: {consumer: packers}, above: 30/s}",
      "few-keys": "3: {eu: 2, us: 1}",
      "headers-without-match": "6: {x-match: any}",
      "hot-partition": "3: {values: 1000, zipf: 2}",
      "idempotence-conflict": "3: 1",
      "idle-members": "4: 5",
      "idle-policy": "5: "^order\\\\."",
      "join-apart": "10: [orders, payments]",
      "key-ignored": "6: placed",
      "min-insync-no-slack": "2: 3",
      "min-insync-unreachable": "2: 3",
      "mixed-partitioners": "6: true",
      "mixed-subscriptions": "8: payments",
      "moved-keys": "5: orders",
      "near-saturation": "4: {exponential: 25ms}",
      "no-confirms": "4: shop",
      "not-simulated-yet": "3: remote.log.manager.task.interval.ms",
      "operator-without-key": "5: key",
      "operator-without-sends": "4: window",
      "overload": "4: {exponential: 25ms}",
      "pattern-unquoted": "6: #",
      "pattern-word": "6: "order*"",
      "poll-interval-exceeded": "4: 800ms",
      "prefetch-hoards": "4: 50",
      "priority-without-queue": "3: 5",
      "quorum-nodes": "2: quorum",
      "reorder-on-retry": "3: false",
      "replicas-exceed-brokers": "2: 3",
      "requeue-loop": "4: 1%",
      "retention-outruns-group": "4: 4ms",
      "schema": "4: prefech",
      "segment-delays-retention": "2: 1h",
      "session-too-tight": "4: 6s",
      "setting-without-effect": "4: client.id",
      "several-writers": "5: accounts",
      "silent-expiry": "2: x-message-ttl",
      "transient-message": "3: 1",
      "transient-queue": "2: false",
      "ttl-behind-head": "4: 5s",
      "unanswered-requests": "3: {timeout: 2s}",
      "unconsumed-queue": "3: audit",
      "uneven-members": "4: 3",
      "unknown-reference": "5: paymnt",
      "unknown-setting": "4: lingr.ms",
      "unlimited-prefetch": "4: worker",
      "unreachable-queue": "3: audit",
      "unread-topic": "2: refunds",
      "unroutable": "7: order.cancelled.eu",
      "unused-exchange": "3: refunds",
      "unwritten-topic": "2: refunds",
      "weak-acks": "3: 1",
      "window-outlasts-run": "5: window",
      "yaml-syntax": "3: }",
    }
  `);
});
