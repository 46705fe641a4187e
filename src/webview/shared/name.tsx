import type { ComponentChildren, JSX } from "preact";

/** Characters that change how their neighbours are drawn, or are not drawn at all. */
const unseen = /[\p{Cc}\u061c\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2060-\u206f\ufeff]/gu;

/** A name from a file with its invisible characters spelled out, so that two names that look alike are told apart. */
export function visible(name: string): string {
  if (name === "") return "(default)";
  return name.replace(
    unseen,
    (mark) => `[U+${(mark.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`,
  );
}

const longest = 160;
/** For whole sentences that carry names. */
const longestMessage = 600;
const longestDrawn = 40;
const segments = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The beginning of a text, cut between characters as people see them. */
export function beginning(text: string, count: number): string {
  if (text.length <= count) return text;
  let kept = "";
  for (const { segment } of segments.segment(text.slice(0, count * 4))) {
    if (kept.length + segment.length > count) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** For tooltips and labels, which draw what they are given. */
export function brief(name: string, most = longest): string {
  return beginning(visible(name), most);
}

/** A name from a file, isolated from the direction of the text around it. */
export function Name({ of }: { readonly of: string }): JSX.Element {
  const text = brief(of);
  const cut = beginning(text, longestDrawn);
  return (
    <bdi class="name" title={cut === text ? undefined : text}>
      {cut}
    </bdi>
  );
}

/** A text in which what stands between backticks is code. */
export function coded(text: string): ComponentChildren {
  return text.split(/`([^`]+)`/).map((part, index) => (index % 2 === 0 ? part : <code>{part}</code>));
}

/** A sentence that carries names from a file, isolated from the direction of the text around it. */
export function Told({ of }: { readonly of: string }): JSX.Element {
  return <bdi>{coded(brief(of, longestMessage))}</bdi>;
}

const pens = new Map<string, CanvasRenderingContext2D | null>();

/** Width of a text in pixels, in the font of the page. */
export function width(text: string, font: string): number {
  let pen = pens.get(font);
  if (pen === undefined) {
    pen = document.createElement("canvas").getContext("2d");
    if (pen) pen.font = font;
    pens.set(font, pen);
  }
  return pen ? pen.measureText(text).width : text.length * 7;
}

/** A name cut to a width, for drawings, where no style cuts it. */
export function fit(name: string, pixels: number, font: string): string {
  const text = brief(name);
  if (width(text, font) <= pixels) return text;
  let kept = "";
  for (const { segment } of segments.segment(text)) {
    if (width(`${kept}${segment}…`, font) > pixels) break;
    kept += segment;
  }
  return `${kept}…`;
}
