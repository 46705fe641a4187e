import { drawing, ink, shape } from "./drawing.ts";

const margin = 12;

/** Properties that are copied as they stand. */
const plain = [
  "stroke-width",
  "stroke-dasharray",
  "stroke-linejoin",
  "font-size",
  "font-weight",
  "font-family",
] as const;

/** The diagram of the page, whole, whatever part of it is in view; its styles become attributes. */
export function diagramDrawing(): SVGElement {
  const shown = document.querySelector<SVGSVGElement>(".stage svg");
  const content = shown?.querySelector<SVGGElement>(":scope > g");
  if (!shown || !content) throw new Error("there is no diagram on the page");
  const { x, y, width, height } = content.getBBox();
  const heads = shown.querySelector("defs");
  const inner = shape("g", { transform: `translate(${margin - x} ${margin - y})` });
  if (heads) inner.append(copied(heads));
  for (const child of content.children) inner.append(copied(child));
  return drawing(width + 2 * margin, height + 2 * margin, inner);
}

/** What an attribute says that no style does. */
const kept = new Set([
  ..."id d x y x1 x2 y1 y2 width height rx r cx cy transform text-anchor".split(" "),
  ..."markerUnits markerWidth markerHeight refX refY orient marker-end".split(" "),
]);

/** An element of the page with its styles as attributes. */
export function copied(of: Element): SVGElement {
  const attributes: Record<string, string | number> = {};
  for (const { name, value } of of.attributes) if (kept.has(name)) attributes[name] = value;
  if (of instanceof SVGGeometryElement || of instanceof SVGTextContentElement)
    Object.assign(attributes, styled(of));
  const children = Array.from(of.childNodes, (child) =>
    child instanceof Element ? copied(child) : (child.textContent ?? ""),
  );
  return shape(of.localName, attributes, ...children);
}

function styled(of: SVGElement): Record<string, string | number> {
  const style = getComputedStyle(of);
  const found: Record<string, string | number> = { ...ink("fill", style.fill) };
  if (style.stroke !== "none") Object.assign(found, ink("stroke", style.stroke));
  const text = of instanceof SVGTextContentElement;
  for (const property of plain) {
    const value = style.getPropertyValue(property);
    const wanted = property.startsWith("font") ? text : style.stroke !== "none" && value !== "none";
    if (wanted) found[property] = value;
  }
  return found;
}
