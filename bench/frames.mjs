// Frames by the browser's own trace.

export const categories = ["toplevel", "disabled-by-default-devtools.timeline.frame", "__metadata"];

/**
 * Milliseconds from each frame that was drawn to the next, and the processor's time that the page's main thread worked in
 * between. Times of a trace are microseconds.
 * @param {readonly { name: string, ph: string, ts: number, dur?: number, tdur?: number, pid: number, tid: number, args?: any }[]} events
 */
export function framesOf(events) {
  const drawn = events.filter(({ name }) => name === "DrawFrame");
  const pages = new Map();
  for (const { pid } of drawn) pages.set(pid, (pages.get(pid) ?? 0) + 1);
  const [page] = [...pages].toSorted(([, a], [, b]) => b - a)[0] ?? [];
  const main = events.find(
    ({ name, pid, args }) => name === "thread_name" && pid === page && args.name === "CrRendererMain",
  );
  if (main === undefined) throw new Error("the trace has no frames of a page");
  const tasks = events
    .filter(
      ({ name, pid, tid }) => name === "ThreadControllerImpl::RunTask" && pid === page && tid === main.tid,
    )
    .toSorted((a, b) => a.ts - b.ts);
  const times = drawn
    .filter(({ pid }) => pid === page)
    .map(({ ts }) => ts)
    .toSorted((a, b) => a - b);
  let at = tasks.findIndex(({ ts }) => ts >= times[0]);
  const frames = times.slice(1).map((end, index) => {
    let work = 0;
    for (; at >= 0 && at < tasks.length && tasks[at].ts < end; at++) work += tasks[at].tdur ?? 0;
    return { gap: (end - times[index]) / 1000, work: work / 1000 };
  });
  return { gaps: frames.map(({ gap }) => gap), work: frames.map(({ work }) => work) };
}
