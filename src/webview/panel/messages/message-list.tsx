import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { format } from "../../shared/format.ts";
import { Name } from "../../shared/name.tsx";
import { useSize } from "../../shared/size.ts";
import { outcome } from "./filters.ts";
import { textOf, type Journeys } from "./journeys.ts";

/** Pixels. */
const rowHeight = 22;

interface MessageListProps {
  readonly journeys: Journeys;
  readonly shown: Int32Array;
  readonly message: number | undefined;
  readonly choose: (message: number) => void;
}

const heads = ["message", "sent at", "producer", "key", "latency", "outcome"];

/** A table of as many rows as there are, of which only those in sight are in the page. */
export function MessageList({ journeys, shown, message, choose }: MessageListProps): JSX.Element {
  const area = useRef<HTMLDivElement>(null);
  const { height } = useSize(area);
  const [top, setTop] = useState(0);
  useEffect(() => {
    area.current?.scrollTo(0, 0);
    setTop(0);
  }, [shown]);

  const first = Math.max(0, Math.floor(top / rowHeight) - 4);
  const last = Math.min(shown.length, Math.ceil((top + height) / rowHeight) + 4);
  const selected = message === undefined ? -1 : shown.indexOf(message);
  const walk = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(height / rowHeight) - 2);
    const to: Readonly<Record<string, number>> = {
      ArrowDown: selected + 1,
      ArrowUp: selected - 1,
      PageDown: selected + page,
      PageUp: selected - page,
      Home: 0,
      End: shown.length - 1,
    };
    const target = to[event.key];
    if (target === undefined || shown.length === 0) return;
    event.preventDefault();
    const at = Math.min(shown.length - 1, Math.max(0, target));
    choose(shown[at]!);
    const box = area.current;
    if (!box) return;
    if (at * rowHeight < box.scrollTop) box.scrollTop = at * rowHeight;
    // One row is taken by the head.
    else if ((at + 2) * rowHeight > box.scrollTop + box.clientHeight)
      box.scrollTop = (at + 2) * rowHeight - box.clientHeight;
  };

  return (
    <div
      class="list"
      ref={area}
      role="grid"
      tabindex={0}
      aria-label="Messages. Up and down choose one."
      aria-rowcount={shown.length + 1}
      aria-activedescendant={selected >= first && selected < last ? `message-${message}` : undefined}
      onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
      onKeyDown={walk}
    >
      <div class="heads" role="row" aria-rowindex={1}>
        {heads.map((head) => (
          <span key={head} role="columnheader">
            {head}
          </span>
        ))}
      </div>
      <div role="rowgroup" style={{ height: `${shown.length * rowHeight}px` }}>
        <div role="presentation" style={{ transform: `translateY(${first * rowHeight}px)` }}>
          {[...shown.subarray(first, last)].map((one, index) => (
            <Row
              key={one}
              journeys={journeys}
              message={one}
              index={first + index}
              selected={one === message}
              choose={choose}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

interface RowProps {
  readonly journeys: Journeys;
  readonly message: number;
  readonly index: number;
  readonly selected: boolean;
  readonly choose: (message: number) => void;
}

function Row({ journeys, message, index, selected, choose }: RowProps): JSX.Element {
  const { trace, sent, latency, key, producer, fates } = journeys;
  const name = trace.places[producer[message]!]?.name ?? "";
  const text = textOf(trace, key[message]!);
  const end = latency[message]!;
  const sentAt = sent[message]!;
  return (
    <div
      id={`message-${message}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      onClick={() => choose(message)}
    >
      <span role="gridcell" class="number">
        {message}
      </span>
      <span role="gridcell" class="number">
        {format(sentAt, "duration")}
      </span>
      <span role="gridcell">
        <Name of={name} />
      </span>
      <span role="gridcell">{text === undefined ? "–" : <Name of={text} />}</span>
      <span role="gridcell" class="number">
        {format(end, "duration")}
      </span>
      <span role="gridcell">{outcome(fates[message]!)}</span>
    </div>
  );
}
