import { expect, test } from "vitest";
import { check } from "../../../src/core/index.ts";
import { mended } from "../marked-problems.ts";

const reconciliation = "quorum_queue.continuous_membership_reconciliation";
const file = (version: string, config: string) => `topology: 1
rabbitmq:
  version: "${version}"
  nodes: 3
  config: {${config}}
  queues: {a: {arguments: {x-queue-type: quorum, x-quorum-target-group-size: 3}}}
  vhosts:
    v:
      queues: {b: {arguments: {x-queue-type: quorum}}}
      policies: {p: {pattern: b, definition: {target-group-size: 3}}}
      operator_policies: {o: {pattern: b, definition: {target-group-size: 3}}}
`;
const idle = (text: string) => check(text).filter(({ code }) => code === "setting-without-effect");
const told = (version: string, config = "") => idle(file(version, config)).map(({ message }) => message);

test("nobody adds replicas where that is not switched on", () => {
  expect(told("4.1")).toEqual([
    `\`x-quorum-target-group-size\` changes nothing in the simulation: nobody adds replicas unless \`${reconciliation}.enabled\` is \`true\` in \`config\`.`,
    expect.stringMatching(/^`target-group-size` changes nothing/u),
    expect.stringMatching(/^`target-group-size` changes nothing/u),
  ]);
  expect(
    told("4.1", `${reconciliation}.target_group_size: 5, ${reconciliation}.enabled: false`),
  ).toHaveLength(4);
  expect(told("4.1", `${reconciliation}.enabled: true`)).toEqual([]);
});

test("nor in versions that cannot", () => {
  expect(told("3.12", `${reconciliation}.enabled: true`)[0]).toContain(
    "RabbitMQ 3.12 adds no replicas by itself",
  );
  expect(told("3.13", `${reconciliation}.enabled: true`)).toEqual([]);
});

test("its fix switches that on", () => {
  const text = file("4.1", "heartbeat: 30");
  expect(idle(mended(text, idle(text)[0], `Set ${reconciliation}.enabled: true`))).toEqual([]);
  const titles = idle(file("3.12", "")).flatMap(({ fixes = [] }) => fixes.map(({ title }) => title));
  expect(titles.filter((title) => title.startsWith("Set"))).toEqual([]);
});

test("a federation has no upstream", () => {
  const text = `topology: 1
rabbitmq:
  queues: {q: {}}
  policies: {p: {pattern: q, definition: {federation-upstream-set: all}}}
`;
  expect(idle(text).map(({ message }) => message)).toEqual([
    expect.stringContaining("a file is one cluster, and names no other broker"),
  ]);
});
