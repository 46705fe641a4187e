import { readdirSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect, it } from "vitest";
import { parse } from "../../src/core/index.ts";
import { simulate, summaryText } from "../../src/core/run.ts";

const project = new URL("../../", import.meta.url);
const schema: object = JSON.parse(readFileSync(new URL("schemas/result.schema.json", project), "utf8"));
const fits = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);
const files = readdirSync(new URL("examples/", project));

it.each(files)("the result of %s has the fields that the schema describes, no more and no fewer", (file) => {
  const { topology } = parse(readFileSync(new URL(`examples/${file}`, project), "utf8"));
  fits(JSON.parse(summaryText(simulate(topology).summary)));
  expect(fits.errors).toBeNull();
});

it.each(files)("what %s sent is accounted for", (file) => {
  const { topology } = parse(readFileSync(new URL(`examples/${file}`, project), "utf8"));
  const { producers } = simulate({ ...topology, run: { ...topology.run, warmup: 0 } }).summary;
  for (const [name, of] of Object.entries(producers))
    expect(of.accepted + of.refused + of.unroutable + of.timedOut + of.underWay, name).toBe(of.sent);
});
