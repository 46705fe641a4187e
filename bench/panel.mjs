// node bench/panel.mjs: how the panel takes long runs and large drawings, in a real browser, by the browser's own trace.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Worker } from "node:worker_threads";
import { inProject, isEntry } from "../scripts/paths.mjs";
import { launchBrowser, localContext } from "../tools/editor/browser.mjs";
import { categories, framesOf } from "./frames.mjs";
import { loadEngine } from "./load-engine.mjs";
import { median } from "./measure.mjs";
import { ShippedWorker } from "./shipped.mjs";
import * as files from "./topologies.mjs";

const messages = 10_000_000;
const rounds = 5;
const steps = 200;
const playedMs = 5_000;
/** High enough for diagram and time line at once. */
const viewport = { width: 1280, height: 1500 };
const timeLine = ".playback input[type=range]";

/** The bundles that ship, on a page with the editor's policy; the layout in its worker, as in the editor. */
class PanelStage {
  /** @param {import("playwright-core").Browser} browser @param {import("node:http").Server} server */
  constructor(browser, server) {
    this.browser = browser;
    this.server = server;
    this.port = /** @type {import("node:net").AddressInfo} */ (server.address()).port;
    this.layout = new Worker(inProject("dist/thread.js"), { workerData: "layout.js" });
  }

  static async open() {
    const nonce = "YmVuY2g=";
    const page = `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}'; style-src 'self'">
<link rel="stylesheet" href="/themes.css"><link rel="stylesheet" href="/panel.css"></head>
<body class="vscode-dark"><script nonce="${nonce}" src="/panel.js"></script></body></html>`;
    const served = new Map([
      ["/", ["text/html", page]],
      ["/panel.js", ["text/javascript", readFileSync(inProject("dist/panel.js"))]],
      ["/panel.css", ["text/css", readFileSync(inProject("dist/panel.css"))]],
      ["/themes.css", ["text/css", readFileSync(inProject("test/webview/themes.css"))]],
    ]);
    const server = createServer(({ url = "/" }, response) => {
      const [type, body] = served.get(url) ?? ["text/plain", undefined];
      response.writeHead(body === undefined ? 404 : 200, { "content-type": `${type}; charset=utf-8` });
      response.end(body);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new PanelStage(await launchBrowser(), server);
  }

  /** A panel without a run. */
  async panel() {
    const context = await localContext(this.browser, { viewport });
    const page = await context.newPage();
    await page.exposeFunction("layOut", async (asked) => {
      this.layout.postMessage(asked);
      for (;;) {
        const [answer] = await once(this.layout, "message");
        if (answer.number === asked.number) return answer;
      }
    });
    await page.addInitScript(() => {
      window.ready = new Promise((resolve) => {
        window.acquireVsCodeApi = () => ({
          postMessage: ({ type, ...asked }) => {
            if (type === "ready") resolve(undefined);
            if (type === "place")
              void window.layOut(asked).then((told) => window.postMessage({ ...told, type: "placed" }, "*"));
          },
          getState: () => undefined,
          setState: () => undefined,
        });
      });
    });
    await page.goto(`http://127.0.0.1:${this.port}/`);
    await page.evaluate(() => window.ready);
    return page;
  }

  async close() {
    await this.browser.close();
    await this.layout.terminate();
    this.server.close();
  }
}

/** Lays a result ready in the page, its columns as typed arrays, without showing it. */
async function hand(page, result) {
  const columns = [];
  const text = JSON.stringify(result, (_, value) => {
    if (!ArrayBuffer.isView(value)) return value;
    columns.push({
      kind: value.constructor.name,
      bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64"),
    });
    return { column: columns.length - 1 };
  });
  await page.evaluate(() => (window.columns = []));
  for (const column of columns)
    await page.evaluate(async ({ kind, bytes }) => {
      const binary = atob(bytes);
      const made = new Uint8Array(binary.length);
      for (let at = 0; at < binary.length; at++) made[at] = binary.charCodeAt(at);
      window.columns.push(new globalThis[kind](made.buffer));
    }, column);
  await page.evaluate((json) => {
    window.held = JSON.parse(json, (_, value) =>
      value?.column === undefined ? value : window.columns[value.column],
    );
  }, text);
}

/** Shows it; milliseconds until the first chart, the diagram and the messages are on the screen. */
function showHeld() {
  const { held, columns } = window;
  const parts = { chart: ".plot canvas", diagram: "main .node", messages: ".list [role=row][id]" };
  return new Promise((resolve) => {
    const began = performance.now();
    const seen = {};
    const look = () => {
      for (const [part, selector] of Object.entries(parts))
        if (seen[part] === undefined && document.querySelector(selector) !== null)
          seen[part] = performance.now() - began;
      if (Object.keys(seen).length < 3) requestAnimationFrame(look);
      else {
        window.held = {};
        window.columns = [];
        resolve(seen);
      }
    };
    requestAnimationFrame(look);
    const message = {
      type: "result",
      file: "bench.topology.yaml",
      uri: "file:///bench.topology.yaml",
      wallMs: 0,
      stale: false,
      result: held,
    };
    window.postMessage(
      message,
      "*",
      columns.map(({ buffer }) => buffer),
    );
  });
}

/** Megabytes of live objects and columns after a collection of garbage. */
async function megabytes(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize, backingStorageSize = 0 } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return (usedSize + backingStorageSize) / 1e6;
}

/** What the browser's trace says of an act: times of its frames, and the main thread's work for them. */
async function traced(page, act) {
  const browser = page.context().browser();
  await browser.startTracing(page, { categories });
  await act();
  return framesOf(JSON.parse((await browser.stopTracing()).toString()).traceEvents);
}

/** Drags the knob of the time line from one end to the other. */
async function scrub(page) {
  const slider = page.locator(timeLine);
  const { x, y, width, height } = await slider.boundingBox();
  await page.mouse.move(x + 8, y + height / 2);
  await page.mouse.down();
  for (let step = 0; step <= steps; step++)
    await page.mouse.move(x + 8 + ((width - 16) * step) / steps, y + height / 2);
  await page.mouse.up();
}

async function play(page) {
  await page.locator(timeLine).fill("0");
  await page.locator(".playback .play").click();
  await page.waitForTimeout(playedMs);
  await page.locator(".playback .play").click();
}

const frameHead = [
  "| | frames | between frames, median ms | 99th percentile | work of the main thread, median ms | 99th percentile |",
  "| --- | ---: | ---: | ---: | ---: | ---: |",
];
const frameRow = (name, { gaps, work }) =>
  `| ${name} | ${gaps.length} | ${[median(gaps), high(gaps), median(work), high(work)].map((value) => value.toFixed(1)).join(" | ")} |`;
const high = (values) => values.toSorted((a, b) => a - b)[Math.floor(0.99 * (values.length - 1))] ?? NaN;

/**
 * Lines of tables.
 * @param {import("./load-engine.mjs").Engine} engine
 * @param {(what: string) => void} tell
 */
export async function measurePanel(engine, tell) {
  const worker = new ShippedWorker();
  const ran = async (text) => {
    const { topology, problems } = engine.parse(text);
    if (problems.some(({ severity }) => severity === "error")) throw new Error(problems[0].message);
    return (await worker.run(topology)).result;
  };
  const stage = await PanelStage.open();
  const opened = [];
  const frames = [];
  try {
    const runs = [
      ["queue model", files.queuePipeline(messages)],
      ["log model", files.logBatched(messages)],
    ];
    for (const [name, text] of runs) {
      tell(`running ${messages} messages, ${name}`);
      const result = await ran(text);
      const times = [];
      let held = 0;
      for (let round = 0; round < rounds; round++) {
        tell(`round ${round + 1} of ${rounds}: ${name}`);
        const page = await stage.panel();
        await hand(page, result);
        times.push(await page.evaluate(showHeld));
        held = await megabytes(page);
        if (round === rounds - 1) {
          frames.push(frameRow(`${name}: time line dragged`, await traced(page, () => scrub(page))));
          frames.push(frameRow(`${name}: played`, await traced(page, () => play(page))));
        }
        await page.context().close();
      }
      const of = (part) => median(times.map((one) => one[part])).toFixed(0);
      opened.push(
        `| ${name} | ${result.trace.rows} | ${of("chart")} | ${of("diagram")} | ${of("messages")} | ${held.toFixed(0)} |`,
      );
    }
    tell("500 nodes");
    const page = await stage.panel();
    await hand(page, await ran(files.wide()));
    await page.evaluate(showHeld);
    frames.push(frameRow("500 nodes: time line dragged", await traced(page, () => scrub(page))));
    frames.push(frameRow("500 nodes: played", await traced(page, () => play(page))));
  } finally {
    await stage.close();
    await worker.stop();
  }
  return [
    `Of a run of ${messages} messages, medians of ${rounds} pages, ms from the message with the result:`,
    "",
    "| | rows of the trace | first chart | diagram | messages | MB in the page |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
    ...opened,
    "",
    ...frameHead,
    ...frames,
  ];
}

if (isEntry(import.meta.url))
  for (const line of await measurePanel(await loadEngine(), (what) => process.stderr.write(`${what}\n`)))
    console.log(line);
