import { useEffect, useState } from "preact/hooks";
import type { Size } from "../../shared/size.ts";

/** The share of a side by which it has to change before a drawing is laid out for it anew. */
const much = 1 / 6;
/** Milliseconds that the size has to stay. */
const still = 200;

/** What a drawing is laid out for: the room in its window and on the page, which follows them where they change much. */
export function useRoom({ width, height }: Size): Size | undefined {
  const [room, setRoom] = useState<Size | undefined>(undefined);
  useEffect(() => {
    // What the page lets the window of a drawing have at most.
    const now: Size = { width, height: innerHeight * 1.1 };
    if (width === 0 || (room && alike(room.width, now.width) && alike(room.height, now.height))) return;
    const timer = setTimeout(() => setRoom(now), room ? still : 0);
    return () => clearTimeout(timer);
  }, [width, height]);
  return room;
}

const alike = (a: number, b: number): boolean => Math.abs(a - b) < much * Math.max(a, b);
