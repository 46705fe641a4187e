import { color as resolve } from "../../shared/theme.ts";

/** Pixels of the screen for one of the drawing. */
const density = 2;
/** Browsers refuse canvases that are much larger. */
const largestSide = 8192;

type Attributes = Readonly<Record<string, string | number>>;

/** An element of a drawing; texts are texts. */
export function shape(
  name: string,
  attributes: Attributes,
  ...children: readonly (SVGElement | string)[]
): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes))
    made.setAttribute(key, typeof value === "number" ? String(Math.round(value * 100) / 100) : value);
  made.append(...children);
  return made;
}

export function drawing(width: number, height: number, ...children: readonly SVGElement[]): SVGElement {
  return shape(
    "svg",
    { width, height, viewBox: `0 0 ${round(width)} ${round(height)}` },
    shape("rect", { width, height, ...ink("fill", getComputedStyle(document.body).backgroundColor) }),
    ...children,
  );
}

/** A line of text in the page's font. */
export function label(text: string, at: Attributes): SVGElement {
  const family = getComputedStyle(document.body).fontFamily;
  return shape("text", { "font-size": 11, "font-family": family, ...at }, text);
}

/** One of the page's own colors, by the name of its variable. */
export const color = (name: string): string => resolve(`var(${name})`);

const round = (value: number): number => Math.round(value * 100) / 100;

/** As a file by itself. What XML has no place for is not drawn either. */
export function written(of: SVGElement): string {
  const text = new XMLSerializer().serializeToString(of);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${text.replace(/[\ufffe\uffff]/g, "\ufffd")}\n`;
}

export async function rasterized(of: SVGElement): Promise<Uint8Array> {
  const [width, height] = ["width", "height"].map((side) => Number(of.getAttribute(side)));
  const scale = Math.min(density, largestSide / Math.max(width!, height!));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(written(of))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width! * scale));
  canvas.height = Math.max(1, Math.round(height! * scale));
  canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob === null) throw new Error("the drawing is too large for a picture of pixels: take the SVG");
  return new Uint8Array(await blob.arrayBuffer());
}

let pen: CanvasRenderingContext2D | null | undefined;
const known = new Map<string, Attributes>();

/** A paint as every program that reads SVG knows it: the page's own mix of colors is resolved to one, and its opacity. */
export function ink(property: "fill" | "stroke", color: string): Attributes {
  const key = `${property} ${color}`;
  let found = known.get(key);
  if (found === undefined) known.set(key, (found = resolved(property, color)));
  return found;
}

function resolved(property: "fill" | "stroke", color: string): Attributes {
  if (color === "none") return { [property]: "none" };
  pen ??= new OffscreenCanvas(1, 1).getContext("2d", {
    willReadFrequently: true,
  }) as unknown as CanvasRenderingContext2D;
  pen.clearRect(0, 0, 1, 1);
  pen.fillStyle = color;
  pen.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 0] = pen.getImageData(0, 0, 1, 1).data;
  const hex = [red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("");
  return alpha === 255
    ? { [property]: `#${hex}` }
    : { [property]: `#${hex}`, [`${property}-opacity`]: round(alpha / 255) };
}
