import type { FromPanel } from "../../../protocol/panel.ts";
import type { Result } from "../result.ts";
import { chartsDrawing } from "./charts.ts";
import { diagramDrawing } from "./diagram.ts";
import { rasterized, written } from "./drawing.ts";
import { modelsDrawing } from "./models.ts";
import type { Place } from "./models.ts";

type Pictured = Extract<FromPanel, { type: "picture" }>["of"];

const drawings: Readonly<
  Record<Pictured, (result: Result, place: Place) => SVGElement | Promise<SVGElement>>
> = { diagram: diagramDrawing, charts: chartsDrawing, models: modelsDrawing };

/** Loaded when the first picture is taken: what stands on the page, as a file. */
export async function picture(
  of: Pictured,
  format: "svg" | "png",
  result: Result,
  place: Place,
): Promise<Uint8Array> {
  const drawing = await drawings[of](result, place);
  return format === "svg" ? new TextEncoder().encode(written(drawing)) : rasterized(drawing);
}
