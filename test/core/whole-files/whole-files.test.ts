import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import fc from "fast-check";
import { expect, it } from "vitest";
import { check, stopsRun } from "../../../src/core/check.ts";
import { parse } from "../../../src/core/index.ts";
import { simulate, summaryText } from "../../../src/core/run.ts";
import { outOfRange } from "../log/run-log.ts";
import { wholeFile } from "./whole-file.ts";

const schema: object = JSON.parse(
  readFileSync(new URL("../../../schemas/result.schema.json", import.meta.url), "utf8"),
);
const fits = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);
const numRuns = process.env["BROKERLAB_FULL"] === "1" ? 400 : 40;

function rounded(summary: string): unknown {
  return JSON.parse(summary, (_, value: unknown) =>
    typeof value === "number" ? Number(value.toPrecision(9)) : value,
  );
}

it("whatever a file says that the checks let run, it runs, each message is accounted for, and a second run is the same", () => {
  let refused = 0;
  fc.assert(
    fc.property(wholeFile, (text) => {
      if (check(text).some((problem) => stopsRun(problem) && !outOfRange.test(problem.message))) {
        refused++;
        return;
      }
      const { topology } = parse(text);
      const { summary } = simulate(topology, { auditEvery: 500, trace: 1000 });
      for (const [name, of] of Object.entries(summary.producers)) {
        const { sent, accepted, refused: turnedDown, unroutable, timedOut, underWay } = of;
        if (summary.window.from === 0)
          expect(accepted + turnedDown + unroutable + timedOut + underWay, `${name} of\n${text}`).toBe(sent);
      }
      const written = summaryText(summary);
      fits(JSON.parse(written));
      expect(fits.errors, text).toBeNull();
      expect(summaryText(simulate(topology, { trace: 1000 }).summary), text).toBe(written);
      // Without a trace members work ahead: what they finish at different times is added up in another order.
      const untraced = summaryText(simulate(topology, { trace: 0 }).summary);
      expect(rounded(untraced), text).toEqual(rounded(written));
    }),
    { numRuns },
  );
  expect(refused).toBeLessThan(numRuns / 2);
}, 600_000);
