import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { useSize } from "../../shared/size.ts";
import { useTheme } from "../../shared/theme.ts";
import { clock } from "../playback/clock.ts";
import type { Earlier } from "../../../protocol/panel.ts";
import type { Result } from "../result.ts";
import { has, lines, moves, withEarlier } from "./lines.ts";
import type { MetricChoice } from "./lines.ts";
import { Legend } from "./legend.tsx";
import { marksOf } from "./marks.ts";
import { columns, plot, point, zoom } from "./plot.ts";
import type { PlotOf } from "./plot.ts";

const height = 160;

interface ChartProps {
  readonly result: Result;
  /** A run whose lines stand beside its own. */
  readonly earlier: Earlier | undefined;
  readonly choices: readonly MetricChoice[];
  readonly chosen: string | undefined;
  readonly choose: (metric: string) => void;
}

/** One metric over time, of the few that share its unit. */
export function Chart({ result, earlier, choices, chosen, choose }: ChartProps): JSX.Element | null {
  const there = choices.filter(({ metric }) => has(result, metric));
  const choice =
    there.find(({ metric }) => metric === chosen) ??
    there.find(({ metric }) => moves(result, metric)) ??
    there[0];
  if (!choice) return null;
  return (
    <section class="chart" aria-label={`${choice.name} over time`}>
      <Switcher choices={there} choice={choice} choose={choose} />
      <Drawing key={choice.metric} result={result} earlier={earlier} choice={choice} />
    </section>
  );
}

function Switcher({
  choices,
  choice,
  choose,
}: {
  readonly choices: readonly MetricChoice[];
  readonly choice: MetricChoice;
  readonly choose: ChartProps["choose"];
}): JSX.Element {
  return (
    <fieldset class="switcher">
      <legend class="hidden">Metric</legend>
      {choices.map(({ metric, name }) => (
        <label key={metric}>
          <input
            type="radio"
            name={choices[0]?.metric ?? ""}
            value={metric}
            checked={metric === choice.metric}
            onChange={() => choose(metric)}
          />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Drawing({
  result,
  earlier,
  choice,
}: {
  readonly result: Result;
  readonly earlier: Earlier | undefined;
  readonly choice: MetricChoice;
}): JSX.Element {
  const area = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  const { width } = useSize(area);
  const theme = useTheme();
  const [index, setIndex] = useState<number | undefined>(undefined);
  /** The bucket where the run is played back. */
  const [at, setAt] = useState<number | undefined>(undefined);
  const drawn = useMemo(() => withEarlier(lines(result, choice.metric), earlier), [result, earlier, choice]);

  const values = useMemo(() => columns(drawn), [drawn]);

  useEffect(() => {
    if (!area.current || width === 0) return;
    const { from, to } = result.summary.window;
    const of: PlotOf = {
      columns: values,
      lines: drawn,
      choice,
      window: { from, to: Math.max(to, earlier?.summary.window.to ?? 0) },
      marks: marksOf(result),
      onCursor: setIndex,
    };
    const made = plot(of, area.current, width, height);
    chart.current = made;
    const follow = (): void => mark(made, setAt);
    follow();
    const stop = clock.listen(follow);
    // The library keeps the click that ends a drag to itself.
    made.over.addEventListener("click", ({ offsetX }) => clock.seek(made.posToVal(offsetX, "x")));
    return () => {
      stop();
      made.destroy();
    };
    // A new width alone resizes what is there, below.
  }, [drawn, values, choice, theme, width === 0]);
  useEffect(() => chart.current?.setSize({ width, height }), [width]);

  return (
    <>
      <div
        class="plot"
        ref={area}
        tabindex={0}
        role="group"
        aria-label={`${choice.name} over time. Left and right move the cursor; click or Enter to go there; drag, or plus and minus, to zoom; double-click or 0 to see all.`}
        onKeyDown={(event) => chart.current && walk(event, chart.current, index)}
      />
      <Legend
        result={result}
        earlier={earlier}
        choice={choice}
        lines={drawn}
        columns={values}
        index={index ?? at}
      />
    </>
  );
}

/** A line at the time of the playback; `tell` gets its bucket. */
function mark(chart: uPlot, tell: (bucket: number | undefined) => void): void {
  const { at } = clock;
  let line = chart.over.querySelector<HTMLElement>(".moment");
  if (!line) {
    line = document.createElement("div");
    line.className = "moment";
    chart.over.append(line);
  }
  line.hidden = at === undefined;
  line.style.transform = `translateX(${at === undefined ? 0 : chart.valToPos(at, "x")}px)`;
  tell(at === undefined ? undefined : chart.valToIdx(at));
}

function walk(event: KeyboardEvent, chart: uPlot, index: number | undefined): void {
  const end = chart.data[0].length - 1;
  const stride = event.shiftKey ? 10 : 1;
  const to: Readonly<Record<string, number>> = {
    ArrowLeft: (index ?? end + 1) - stride,
    ArrowRight: (index ?? -1) + stride,
    Home: 0,
    End: end,
  };
  if (event.key === "Enter" && index !== undefined) clock.seek(chart.data[0][index]);
  const zooms: Readonly<Record<string, number>> = { "+": 0.5, "=": 0.5, "-": 2, "0": 0 };
  const factor = event.ctrlKey || event.metaKey ? undefined : zooms[event.key];
  if (factor !== undefined) zoom(chart, factor);
  const target = to[event.key];
  if (target === undefined) return;
  event.preventDefault();
  point(chart, target);
}
