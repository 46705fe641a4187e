import { expect, test } from "vitest";
import type { Page } from "playwright-core";
import { send, show } from "./editor.ts";
import { parse } from "../../src/core/index.ts";
import { simulate } from "../../src/core/run.ts";
import { hostile, namedFile } from "../hostile.ts";
import { renamed } from "./hostile-names.ts";
import { panels } from "./opened-panel.ts";
import { orderFlow } from "./order-flow.ts";
import { shownNumbers } from "./shown-numbers.ts";

const { open, served } = panels();

async function expectSound(page: Page): Promise<void> {
  const found = await page.evaluate(() => {
    const outside: string[] = [];
    for (const node of document.querySelectorAll<SVGGraphicsElement>(".node")) {
      const box = node.querySelector<SVGGraphicsElement>(".outline")!.getBoundingClientRect();
      for (const text of node.querySelectorAll("text")) {
        const { left, right } = text.getBoundingClientRect();
        if (left < box.left - 1 || right > box.right + 1) outside.push(text.textContent ?? "");
      }
    }
    const { scrollWidth, clientWidth, scrollHeight } = document.documentElement;
    return {
      hacked: window.hacked,
      violations: window.violations,
      outside,
      wide: scrollWidth - clientWidth,
      tall: scrollHeight > 8_000,
      images: document.images.length,
    };
  });
  expect(found).toEqual({ hacked: undefined, violations: [], outside: [], wide: 0, tall: false, images: 0 });
}

test.each(hostile)("names of %s stay text and break no layout", async (_, name) => {
  for (const width of [1280, 700]) {
    const page = await open({ viewport: { width, height: 860 } });
    const result = renamed(orderFlow(), name);
    await show(page, result, { file: name("file"), uri: name("uri") });
    await page.getByRole("region", { name: "What matters" }).getByRole("button", { name: /more$/ }).click();
    await expectSound(page);
    const { summary } = result;
    const queue = Object.keys(summary.queues)[0]!;
    const shown = await shownNumbers(page);
    expect([...shown.keys()].filter((path) => path.startsWith("queues")).length).toBeGreaterThan(20);
    expect(await page.locator(".sheet", { hasText: "Queues" }).first().locator("tbody").count()).toBe(3);
    expect(queue).toBe(name("payment"));
    await send(page, { type: "failed", file: name("file"), message: name("message") });
    await page.waitForSelector("[role=alert]");
    await expectSound(page);
    await page.context().close();
  }
});

test.each(hostile)("a file with %s in each of its places is played and read as text", async (_, name) => {
  const page = await open();
  const result = simulate(parse(namedFile(name, (was) => was)).topology);
  await show(page, result, { file: name("file"), uri: name("uri") });
  await page.locator(".stations summary").click();
  await page.locator(".list [role=row][id]").first().click();
  await page.getByRole("slider", { name: "Time", exact: true }).fill("3000");
  await page.waitForFunction(() => document.querySelector(".now")?.textContent?.startsWith("3"));
  await expectSound(page);
  // What a name turns around ends where the name ends.
  const turning = await page.evaluate(() =>
    [...document.querySelectorAll("main *")].flatMap((element) =>
      [...element.childNodes].flatMap(({ nodeType, textContent }) =>
        nodeType === Node.TEXT_NODE && /[\u202a-\u202e\u2066-\u2069]/.test(textContent ?? "")
          ? [`${element.tagName}: ${textContent}`]
          : [],
      ),
    ),
  );
  expect(turning).toEqual([]);
});

test("names of objects' own members are names like others", async () => {
  const words = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "prototype"];
  const numbers = new Map<string, string>();
  const name = (was: string): string => {
    if (!numbers.has(was)) numbers.set(was, words[numbers.size] ?? `${was}.${numbers.size}`);
    return numbers.get(was)!;
  };
  const page = await open();
  const result = renamed(orderFlow(), name);
  await show(page, result);
  await expectSound(page);
  for (const key of Object.keys(result.summary.queues))
    await page.locator(".sheet tbody th").getByText(key, { exact: true }).first().waitFor();
});

test("two names that differ by what cannot be seen look different", async () => {
  const page = await open();
  const { queues } = orderFlow().summary;
  await show(
    page,
    orderFlow({ queues: { payment: queues["payment"]!, "pay\u200bment": queues["payment"]! } }),
  );
  expect(
    await page.locator(".sheet", { hasText: "Queues" }).first().locator("tbody th").allInnerTexts(),
  ).toEqual(["payment", "pay[U+200B]ment"]);
});

test("the policy is in force: a script without the nonce does not run, and nothing is evaluated", async () => {
  const page = await open();
  await show(page, orderFlow());
  // From a timer of the page, since what the driver evaluates stands outside the policy.
  await page.evaluate(() => {
    setTimeout(() => {
      const script = document.createElement("script");
      script.textContent = "window.hacked = true";
      document.body.append(script);
    });
  });
  await page.waitForFunction(() => window.violations.length > 0);
  expect(await page.evaluate(() => window.hacked)).toBeUndefined();
});

test.each([1280, 700, 360])("nothing needs to be scrolled sideways at %i pixels", async (width) => {
  const page = await open({ viewport: { width, height: 860 } });
  await show(page, orderFlow());
  await expectSound(page);
});

test("a topology of 400 queues is shown whole", async () => {
  const page = await open();
  const { queues } = orderFlow().summary;
  const names = Array.from({ length: 400 }, (_, index) => `queue-${index}`);
  const result = orderFlow({ queues: Object.fromEntries(names.map((name) => [name, queues["payment"]!])) });
  const exchange = {
    id: "exchange:orders",
    kind: "exchange",
    name: "orders",
    detail: "topic exchange",
    at: 0,
  } as const;
  const nodes = [
    exchange,
    ...names.map((name) => ({ id: `queue:${name}`, kind: "queue", name, detail: "", at: 1 }) as const),
  ];
  const edges = names.map((name) => ({ from: exchange.id, to: `queue:${name}`, label: name, messages: 1 }));
  await show(page, { ...result, graph: { nodes, edges } });
  expect(await page.locator(".node").count()).toBe(401);
  expect(await page.locator(".sheet", { hasText: "Queues" }).first().locator("tbody").count()).toBe(400);
});

test("the script stays within its 150 kB", () => {
  expect(served().scriptBytes).toBeGreaterThan(50_000);
  expect(served().scriptBytes).toBeLessThanOrEqual(150_000);
});
