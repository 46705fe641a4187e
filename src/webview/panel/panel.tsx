import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { format } from "../shared/format.ts";
import { listen, openRun, recall, remember } from "../shared/host.ts";
import { Name, Told } from "../shared/name.tsx";
import { Chart } from "./chart/chart.tsx";
import { choices } from "./chart/lines.ts";
import { asWritten } from "./diagram/as-written.ts";
import { Diagram } from "./diagram/diagram.tsx";
import { Messages, useJourneys } from "./messages/messages.tsx";
import { WhereTimeGoes } from "./messages/where-time-goes.tsx";
import { Events } from "./events.tsx";
import { Repeat } from "./figure.tsx";
import { Again, Header } from "./header.tsx";
import { heard, unheard } from "./history/heard.ts";
import type { Heard } from "./history/heard.ts";
import { History } from "./history/history.tsx";
import { OtherModel } from "./history/other-model.tsx";
import type { Models } from "./history/models.tsx";
import { Overview, Sign, Totals } from "./overview.tsx";
import { PlaybackBar } from "./playback/bar.tsx";
import { Moments } from "./playback/moments.ts";
import type { Earlier, EarlierMark, ToPanel } from "../../protocol/panel.ts";
import type { Run } from "./result.ts";
import { sheets } from "./sheets.ts";
import { Table } from "./table.tsx";

interface State {
  readonly run: Run | undefined;
  /** The file being run and how much of it is done, 0 to 1. */
  readonly running: { readonly file: string; readonly share: number } | undefined;
  readonly failed: { readonly file: string; readonly message: string } | undefined;
  /** What the file says now, and where its cursor stands. */
  readonly text: Text | undefined;
  readonly history: Heard;
  /** How the run fares beside the other broker model. */
  readonly models: Models | undefined;
}

type Text = Extract<ToPanel, { type: "text" }>;

/** The page as a whole: the last result, and above it what is going on now. */
export function Panel(): JSX.Element {
  const [state, setState] = useState<State>({
    run: undefined,
    running: undefined,
    failed: undefined,
    text: undefined,
    history: unheard,
    models: undefined,
  });
  useEffect(() => {
    listen((message) => {
      switch (message.type) {
        case "running":
          return setState((was) => ({ ...was, running: message, failed: undefined }));
        case "stale":
          return setState((was) => ({ ...was, run: was.run && { ...was.run, stale: message.stale } }));
        case "text":
          return setState((was) => ({ ...was, text: message }));
        case "failed":
          return setState((was) => ({ ...was, running: undefined, failed: message }));
        case "history":
        case "openHistory":
        case "compared":
          return setState((was) => ({ ...was, history: heard(was.history, message) }));
        case "models":
          return setState((was) => ({ ...was, running: undefined, models: message }));
        case "result":
          return setState(({ text, history }) => ({
            history,
            models: undefined,
            run: message,
            running: undefined,
            failed: undefined,
            text: message.stale ? text : text && { ...text, graph: undefined },
          }));
      }
    });
  }, []);
  const { run, running, failed, text, history, models } = state;
  return (
    <>
      {running && <Progress {...running} />}
      {failed && <Failure {...failed} again={run !== undefined} />}
      {run?.earlier ? <EarlierRun of={run.earlier} stale={run.stale} /> : run?.stale && <Stale />}
      {run ? (
        <Repeat.Provider value={run.result.summary.repeat}>
          <Shown
            run={run}
            busy={running !== undefined}
            text={text?.uri === run.uri ? text : undefined}
            history={history.told?.uri === run.uri ? history : unheard}
            models={models?.uri === run.uri ? models : undefined}
          />
        </Repeat.Provider>
      ) : (
        <main>{running || failed ? <h1 class="hidden">No result yet</h1> : <Empty />}</main>
      )}
    </>
  );
}

function Progress({ file, share }: { readonly file: string; readonly share: number }): JSX.Element {
  return (
    <div class="strip" role="status">
      <span>
        Running <Name of={file} />
      </span>
      <progress max={1} value={share} aria-label="Share of the run that is done" />
      <span class="number">{format(share, "share")}</span>
    </div>
  );
}

function Failure({
  file,
  message,
  again,
}: {
  readonly file: string;
  readonly message: string;
  readonly again: boolean;
}): JSX.Element {
  return (
    <div class="strip failure" role="alert">
      <Sign mood="bad" />
      <span>
        <Name of={file} /> could not be run. <Told of={message} />
      </span>
      {again && <Again />}
    </div>
  );
}

function Stale(): JSX.Element {
  return (
    <div class="strip" role="status">
      <Sign mood="warn" />
      <span>The file has changed since this run: what is shown may no longer be what it says.</span>
      <Again />
    </div>
  );
}

function EarlierRun({ of, stale }: { readonly of: EarlierMark; readonly stale: boolean }): JSX.Element {
  return (
    <div class="strip earlier" role="status">
      {!of.same && <Sign mood="warn" />}
      <span>
        Run {of.id}, an earlier one, of {new Date(of.at).toLocaleString()}: the file as it was then
        {stale ? ", not as it is now." : ", and is now."}
        {!of.same && " This version comes to other figures than those kept of it."}
      </span>
      <button type="button" class="push again" onClick={() => openRun()}>
        Back to the latest run
      </button>
    </div>
  );
}

function Empty(): JSX.Element {
  return (
    <div class="empty">
      <h1>No run yet</h1>
      <p>
        Open a topology file and run it: what happened, where it waited and what was lost will stand here.
      </p>
    </div>
  );
}

function Shown({
  run,
  busy,
  text,
  history,
  models,
}: {
  readonly run: Run;
  readonly busy: boolean;
  readonly text: Text | undefined;
  readonly history: Heard;
  readonly models: Models | undefined;
}): JSX.Element {
  const { result } = run;
  // An earlier run is drawn as the file was then.
  const graph = run.earlier ? undefined : text?.graph;
  const drawn = useMemo(() => (graph ? asWritten(result, graph) : result), [result, graph]);
  const [chosen, setChosen] = useState<readonly string[]>(() => recall().charts);
  const journeys = useJourneys(result);
  const moments = useMemo(() => journeys && new Moments(journeys, result), [journeys, result]);
  const [message, choose] = useState<number | undefined>(undefined);
  useEffect(() => choose(undefined), [result]);
  const [earlier, overlay] = useState<Earlier | undefined>(undefined);
  const draw = (index: number, metric: string): void => {
    const next = choices.map((_, at) => (at === index ? metric : (chosen[at] ?? "")));
    setChosen(next);
    remember({ charts: next });
  };
  return (
    <main class={busy ? "old" : ""} aria-busy={busy}>
      <Header run={run} />
      <Totals summary={result.summary} />
      <History heard={history} overlay={overlay} shown={run.earlier?.id} />
      {models && <OtherModel models={models} />}
      <div class="overview">
        <div class="sight">
          <Diagram result={drawn} moments={graph ? undefined : moments} here={text?.thing} />
          {journeys && <WhereTimeGoes journeys={journeys} result={result} message={message} />}
        </div>
        <Overview result={result} />
      </div>
      <PlaybackBar result={result} />
      <div class="charts">
        {choices.map((group, index) => (
          <Chart
            key={index}
            result={result}
            earlier={earlier}
            choices={group}
            chosen={chosen[index]}
            choose={(metric) => draw(index, metric)}
          />
        ))}
      </div>
      <Events result={result} />
      <Messages result={result} journeys={journeys} message={message} choose={choose} />
      <div class="sheets">
        {sheets(result).map((sheet) => (
          <Table key={sheet.caption} sheet={sheet} />
        ))}
      </div>
    </main>
  );
}
