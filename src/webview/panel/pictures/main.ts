import type { Result } from "../result.ts";
import { chartsDrawing } from "./charts.ts";
import { diagramDrawing } from "./diagram.ts";
import { rasterized, written } from "./drawing.ts";

/** Loaded when the first picture is taken: what stands on the page, as a file. */
export async function picture(
  of: "diagram" | "charts",
  format: "svg" | "png",
  result: Result,
): Promise<Uint8Array> {
  const drawing = of === "diagram" ? diagramDrawing() : chartsDrawing(result);
  return format === "svg" ? new TextEncoder().encode(written(drawing)) : rasterized(drawing);
}
