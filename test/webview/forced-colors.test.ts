import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { audit } from "../audit.ts";
import { send, show } from "./editor.ts";
import { panels } from "./opened-panel.ts";
import { orderFlow } from "./order-flow.ts";
import { both, orders } from "./two-models.ts";
import { openRuns, showRuns, uri } from "./two-runs.ts";

const { open } = panels();

/** The system's palette against an editor's theme of its like, and of the opposite one. */
const looks = [
  ["dark", "vscode-high-contrast"],
  ["dark", "vscode-light"],
  ["light", "vscode-high-contrast vscode-high-contrast-light"],
  ["light", "vscode-dark"],
] as const;
type Look = (typeof looks)[number];

const forced = (colorScheme: Look[0], theme: Look[1]): Promise<Page> =>
  open({ theme, colorScheme, forcedColors: "active" });

/** How much what is painted stands out from the page, 1 to 21 (WCAG 2.2, relative luminance); in the order of the page. */
async function contrasts(page: Page, selector: string, property: string): Promise<readonly number[]> {
  return page.locator(selector).evaluateAll((elements, of) => {
    const pen = new OffscreenCanvas(1, 1).getContext("2d")!;
    const light = (color: string): number => {
      pen.fillStyle = color;
      pen.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0] = Array.from(pen.getImageData(0, 0, 1, 1).data, (part) =>
        part <= 10 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const ground = light(getComputedStyle(document.body).backgroundColor);
    return elements.map((element) => {
      const paint = light(getComputedStyle(element).getPropertyValue(of));
      return (Math.max(paint, ground) + 0.05) / (Math.min(paint, ground) + 0.05);
    });
  }, property);
}

async function expectSeen(page: Page, selector: string, property: string): Promise<void> {
  const found = await contrasts(page, selector, property);
  expect(found.length, selector).toBeGreaterThan(0);
  expect(Math.min(...found), `${property} of ${selector}`).toBeGreaterThanOrEqual(3);
}

/** Shares of a chart's pixels that are painted: faint, and plain to see. */
async function painted(
  page: Page,
  chart: number,
): Promise<{ readonly faint: number; readonly plain: number }> {
  return page
    .locator(".plot canvas")
    .nth(chart)
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      let [faint, plain] = [0, 0];
      for (let at = 3; at < data.length; at += 4) {
        if (data[at]! > 0 && data[at]! < 80) faint++;
        if (data[at]! > 200) plain++;
      }
      const all = data.length / 4;
      return { faint: faint / all, plain: plain / all };
    });
}

test.each(looks)(
  "nodes, edges and bars stand out from a %s page, whatever %s paints",
  async (colorScheme, theme) => {
    const page = await forced(colorScheme, theme);
    await show(page, orderFlow());
    await send(page, { type: "text", uri, graph: undefined, thing: "queue:payment" });
    await page.waitForSelector(".node.here");
    await expectSeen(page, ".node .outline", "stroke");
    await expectSeen(page, ".edge", "stroke");
    await expectSeen(page, ".arrow", "fill");
    await expectSeen(page, ".diagram text, .totals dd, .sayings li", "color");
    await expectSeen(page, ".node .fill, .node .work, .sheet .bar .fill", "fill");
    await expectSeen(page, ".node .track, .sheet .bar .track", "stroke");
    for (let turn = 0; turn < 4; turn++) await page.getByRole("button", { name: "Zoom in" }).click();
    await expectSeen(page, ".minimap .frame", "stroke");
    // Names lie on what boxes and labels are filled with: it is the page's own color, or next to it.
    for (const [selector, most] of [
      [".label rect", 1.01],
      [".node .outline", 1.5],
    ] as const)
      expect(Math.max(...(await contrasts(page, selector, "fill"))), selector).toBeLessThan(most);
  },
);

test.each(looks)(
  "the lines of a chart are seen on a %s page in %s, and told apart by dashes",
  async (colorScheme, theme) => {
    const page = await forced(colorScheme, theme);
    await showRuns(page);
    await openRuns(page);
    await page.locator(".legend").last().getByText("earlier run").first().waitFor();
    for (const chart of [0, 1]) {
      const { faint, plain } = await painted(page, chart);
      expect(plain).toBeGreaterThan(0.002);
      // The warm-up and the bands are shades, not planes that cover what is below.
      expect(plain).toBeLessThan(0.1);
      expect(faint).toBeGreaterThan(0.01);
      const lines = page.locator(".legend").nth(chart).locator(".swatch line");
      const signs = await lines.evaluateAll((all) =>
        all.map((line) => `${line.getAttribute("stroke-dasharray")} ${getComputedStyle(line).strokeWidth}`),
      );
      expect(new Set(signs).size, signs.join(", ")).toBe(signs.length);
    }
    await expectSeen(page, ".swatch line", "stroke");
  },
);

test("a chart follows when the system forces its colors on a page that is open", async () => {
  const page = await open({ theme: "vscode-dark" });
  await show(page, orderFlow());
  const dashes = (): Promise<readonly (string | null)[]> =>
    page
      .locator(".legend")
      .nth(1)
      .locator(".swatch line")
      .evaluateAll((all) => all.map((line) => line.getAttribute("stroke-dasharray")));
  const before = await dashes();
  expect(new Set(before).size).toBeLessThan(before.length);
  await page.emulateMedia({ forcedColors: "active" });
  await expect.poll(async () => new Set(await dashes()).size, { timeout: 20_000 }).toBe(before.length);
});

test.each(looks)(
  "what is chosen is filled, and what has the focus is framed, on a %s page in %s",
  async (colorScheme, theme) => {
    const page = await forced(colorScheme, theme);
    await show(page, orderFlow());
    await expectSeen(page, ".switcher input:checked + span", "background-color");
    const others = await contrasts(page, ".switcher input:not(:checked) + span", "background-color");
    expect(Math.max(...others)).toBeLessThan(1.1);
    await expectSeen(page, ".link.go", "color");
    const underlined = await page
      .locator(".link.go")
      .evaluateAll((all) => all.every((one) => getComputedStyle(one).textDecorationLine === "underline"));
    expect(underlined).toBe(true);

    const visited = new Set<string>();
    for (let stop = 0; stop < 60; stop++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const element = document.activeElement;
        if (!element || element === document.body) return undefined;
        const label = element.matches(".switcher input") ? element.nextElementSibling! : element;
        const framed = element.matches(".node") ? element.querySelector(".outline")! : label;
        document.querySelector("[data-framed]")?.removeAttribute("data-framed");
        framed.setAttribute("data-framed", "");
        const { outlineStyle, outlineWidth, strokeWidth } = getComputedStyle(framed);
        const node = element.matches(".node");
        return {
          kind: element.matches(".switcher input") ? "choice" : node ? "node" : element.tagName,
          node,
          wide: node ? parseFloat(strokeWidth) : outlineStyle === "none" ? 0 : parseFloat(outlineWidth),
        };
      });
      if (!at) break;
      expect(at.wide, at.kind).toBeGreaterThanOrEqual(2);
      await expectSeen(page, "[data-framed]", at.node ? "stroke" : "outline-color");
      visited.add(at.kind);
    }
    expect([...visited]).toEqual(expect.arrayContaining(["node", "choice", "BUTTON"]));
  },
);

test.each(looks)(
  "axe-core finds nothing wrong with any of it, on a %s page in %s",
  async (colorScheme, theme) => {
    const page = await forced(colorScheme, theme);
    await showRuns(page);
    await openRuns(page);
    await page.locator(".messages [role=row]").nth(1).click();
    await page.getByLabel("Time", { exact: true }).press("ArrowLeft");
    await page.locator(".take summary").click();
    expect(await audit(page)).toEqual([]);
    const { result, models } = both(orders);
    await show(page, result, { uri: models.uri });
    await send(page, models);
    await send(page, { type: "running", file: "a.yaml", share: 0.4 });
    await page.waitForSelector(".both tbody tr");
    expect(await audit(page)).toEqual([]);
  },
);
