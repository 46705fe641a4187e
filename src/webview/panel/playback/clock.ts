import { useEffect, useState } from "preact/hooks";

/** Simulated time that passes in one second of playing. */
export const speeds: readonly (readonly [name: string, factor: number])[] = [
  ["⅒×", 0.1],
  ["1×", 1],
  ["5×", 5],
  ["20×", 20],
  ["100×", 100],
];

/** The one time cursor of the page, in ms of simulated time; undefined while the page shows the run as a whole. */
class Clock {
  at: number | undefined = undefined;
  playing = false;
  /** Simulated ms in one ms of playing. */
  speed = 1;
  private end = 0;
  private frame = 0;
  private before = 0;
  private readonly listeners = new Set<() => void>();
  /** Somebody is waiting for the next frame to hear of the time, or has heard of it in this one. */
  private told = false;
  private late = false;

  /** For a run of this length; back to the run as a whole. */
  reset(end: number): void {
    this.end = end;
    this.stop();
    // A minute of watching is enough for any run.
    this.speed = speeds.find(([, factor]) => end / factor <= 60_000)?.[1] ?? 100;
    this.at = undefined;
    this.tell();
  }

  seek(at: number | undefined): void {
    this.at = at === undefined ? undefined : Math.min(this.end, Math.max(0, at));
    if (at === undefined) this.stop();
    this.tellOnce();
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    this.tell();
  }

  toggle(): void {
    if (this.playing) this.stop();
    else this.play();
    this.tell();
  }

  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private play(): void {
    if (this.at === undefined || this.at >= this.end) this.at = 0;
    this.playing = true;
    this.before = performance.now();
    const tick = (now: number): void => {
      this.at = Math.min(this.end, (this.at ?? 0) + (now - this.before) * this.speed);
      this.before = now;
      if (this.at >= this.end) this.playing = false;
      else this.frame = requestAnimationFrame(tick);
      this.tell();
    };
    this.frame = requestAnimationFrame(tick);
  }

  private stop(): void {
    cancelAnimationFrame(this.frame);
    this.playing = false;
  }

  /** A knob that is dragged tells of more times than there are frames: one is told at once, the last one with the next frame. */
  private tellOnce(): void {
    this.late = this.told;
    if (this.told) return;
    this.told = true;
    this.tell();
    requestAnimationFrame(() => {
      this.told = false;
      if (this.late) this.tellOnce();
    });
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

export const clock = new Clock();

/** In milliseconds: what is read, not watched, changes no faster. */
const readable = 100;

/** The cursor's time, for what draws itself anew with it; no more often than that, but always the last one. */
export function useTime(): number | undefined {
  const [at, setAt] = useState(clock.at);
  useEffect(() => {
    let told = -Infinity;
    let late = 0;
    const tell = (): void => {
      clearTimeout(late);
      late = 0;
      told = clock.at === undefined ? -Infinity : performance.now();
      setAt(clock.at);
    };
    const stop = clock.listen(() => {
      const left = told + readable - performance.now();
      if (left <= 0 || clock.at === undefined) tell();
      else late ||= window.setTimeout(tell, left);
    });
    return () => {
      stop();
      clearTimeout(late);
    };
  }, []);
  return at;
}

/** Milliseconds that a time has to stand. */
const standing = 300;

/** Whether the time of the cursor stands still, and is not one of many that pass. */
export function useRest(at: number | undefined): boolean {
  const [rest, setRest] = useState(at);
  useEffect(() => {
    const timer = setTimeout(() => setRest(at), standing);
    return () => clearTimeout(timer);
  }, [at]);
  return rest === at;
}

export function usePlaying(): { readonly playing: boolean; readonly speed: number } {
  const [state, setState] = useState({ playing: clock.playing, speed: clock.speed });
  useEffect(
    () =>
      clock.listen(() =>
        setState((was) =>
          was.playing === clock.playing && was.speed === clock.speed
            ? was
            : { playing: clock.playing, speed: clock.speed },
        ),
      ),
    [],
  );
  return state;
}
