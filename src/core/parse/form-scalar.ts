import { problem, replace } from "../problems/catalogue.ts";
import { expectation, readQuantity } from "../text/units.ts";
import type { Schema } from "./format-schema.ts";
import type { FormCheck } from "./form.ts";
import type { Place } from "./form-place.ts";
import { expectedForm } from "./expected-form.ts";
import { describe, shortened } from "./tree.ts";
import { atLeast, isVersion } from "./version.ts";
import type { ScalarTree } from "./tree.ts";

/** A single value: its quantity, its choice, its limits, what it refers to. Its type fits already. */
export function checkScalar(form: FormCheck, tree: ScalarTree, schema: Schema, place: Place): void {
  const { value } = tree;
  if (value === null || typeof value === "boolean") return;
  const reference = schema["x-reference"];
  if (reference !== undefined)
    form.references.push({
      kind: reference,
      name: { text: tree.source, span: tree.span },
      holder: place.holder,
      scope: place.scope,
    });
  const strings = schema["x-strings"];
  if (strings?.includes(String(value)) === true || schema["x-unlimited"] === value) return;
  if (schema["x-unit"] !== undefined) quantity(form, tree, schema, place);
  else if (strings !== undefined) choice(form, tree, strings, schema, place);
  else if (schema.enum !== undefined) choice(form, tree, schema.enum.map(String), schema, place);
  else if (typeof value === "number") range(form, tree, value, schema, place);
}

function choice(
  form: FormCheck,
  tree: ScalarTree,
  allowed: readonly string[],
  schema: Schema,
  place: Place,
): void {
  const found = String(tree.value);
  if (allowed.includes(found)) return;
  const near = form.nearest(found, allowed);
  const fixes = near === undefined ? [] : [replace(`Change to ${near}`, tree.span, near)];
  form.badValue(
    tree.span,
    {
      key: shortened(place.key.text),
      found: describe(tree),
      reason: `expected ${expectedForm(schema)}`,
      nearest: near,
    },
    fixes,
  );
}

function quantity(form: FormCheck, tree: ScalarTree, schema: Schema, place: Place): void {
  const unit = schema["x-unit"]!;
  const bad = (reason: string) => {
    form.badValue(tree.span, { key: shortened(place.key.text), found: describe(tree), reason });
  };
  if (unit === "version") {
    const oldest = schema["x-simulated-from"];
    if (!isVersion(tree.source)) bad("expected a version such as `4.1` or `3.13`");
    else if (oldest !== undefined && !atLeast(tree.source, oldest))
      form.problems.push(
        problem("not-simulated-yet", tree.span, {
          what: `\`${place.key.text}: ${tree.source}\``,
          simulated: `What runs now are the rules of ${oldest} and later.`,
        }),
      );
    return;
  }
  const read = readQuantity(unit, tree.value as string | number);
  if (typeof read === "string") {
    const strings = schema["x-strings"];
    const near = strings === undefined ? undefined : form.nearest(tree.source, strings);
    form.badValue(tree.span, {
      key: shortened(place.key.text),
      found: describe(tree),
      reason: read,
      nearest: near,
    });
    return;
  }
  const minimum = schema["x-minimum"];
  const above = schema["x-exclusive-minimum"];
  if (minimum !== undefined && read < minimum)
    bad(`it is at least ${minimum}: expected ${expectation(unit)}`);
  else if (above !== undefined && read <= above)
    bad(`it is more than ${above}: expected ${expectation(unit)}`);
  const simulated = schema["x-simulated-maximum"];
  if (simulated !== undefined && read > simulated)
    form.problems.push(
      problem(
        "not-simulated-yet",
        tree.span,
        {
          what: `\`${place.key.text}\` above ${simulated}`,
          simulated: `Set it to ${simulated} to run the file.`,
        },
        [replace(`Set ${place.key.text} to ${simulated}`, tree.span, String(simulated))],
      ),
    );
}

function range(form: FormCheck, tree: ScalarTree, value: number, schema: Schema, place: Place): void {
  const { minimum, maximum, exclusiveMinimum, multipleOf } = schema;
  const bad = (reason: string) => {
    form.badValue(tree.span, { key: shortened(place.key.text), found: describe(tree), reason });
  };
  // A text that was written as a number has no limits.
  if (schema["x-text"] === true) return;
  if (!Number.isFinite(value)) bad("expected a finite number");
  else if (minimum !== undefined && value < minimum) bad(`it is ${minimum} or more`);
  else if (exclusiveMinimum !== undefined && value <= exclusiveMinimum)
    bad(`it is more than ${exclusiveMinimum}`);
  else if (maximum !== undefined && value > maximum) bad(`it is ${maximum} or less`);
  else if (multipleOf === 1 && !Number.isInteger(value)) bad("it is a whole number");
}
