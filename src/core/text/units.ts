/** What a quantity counts. In the model durations are nanoseconds, sizes bytes, rates and bandwidths per second, shares fractions of 1. */
export type Unit = "duration" | "size" | "rate" | "bandwidth" | "count" | "share";

interface UnitForm {
  /** What a bare number is multiplied by. */
  readonly bare: number;
  readonly factors: ReadonlyMap<string, number>;
  readonly what: string;
  readonly units: string;
}

const decimal = { k: 1e3, M: 1e6, G: 1e9, T: 1e12 };
const binary = { Ki: 1024, Mi: 1_048_576, Gi: 1_073_741_824, Ti: 1_099_511_627_776 };

const durations = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9, d: 86_400e9 };
const sizes = new Map<string, number>([["B", 1]]);
const bandwidths = new Map<string, number>([["bit/s", 0.125]]);
for (const [prefix, factor] of [...Object.entries(decimal), ["K", 1e3] as const, ...Object.entries(binary)]) {
  sizes.set(`${prefix}B`, factor);
  if (!prefix.endsWith("i")) bandwidths.set(`${prefix}bit/s`, factor / 8);
}
for (const [unit, factor] of sizes) bandwidths.set(`${unit}/s`, factor);

const rates = new Map<string, number>();
for (const [prefix, factor] of [["", 1] as const, ...Object.entries(decimal)]) {
  if (prefix !== "") rates.set(prefix, factor);
  rates.set(`${prefix}/s`, factor);
  rates.set(`${prefix}/m`, factor / 60);
  rates.set(`${prefix}/h`, factor / 3600);
}

const forms: Readonly<Record<Unit, UnitForm>> = {
  duration: {
    bare: 1e6,
    factors: new Map(Object.entries(durations)),
    what: "a duration such as `5ms`, `30s` or `7d` (a bare number is milliseconds)",
    units: "ns, us, ms, s, m, h and d",
  },
  size: {
    bare: 1,
    factors: sizes,
    what: "a size such as `512B`, `64KiB` or `10MB` (a bare number is bytes)",
    units: "B, kB, MB, GB, TB (by 1000) and KiB, MiB, GiB, TiB (by 1024)",
  },
  rate: {
    bare: 1,
    factors: rates,
    what: "a rate such as `200/s`, `12000/m` or `5/h` (a bare number is per second)",
    units: "/s, /m and /h",
  },
  bandwidth: {
    bare: 1,
    factors: bandwidths,
    what: "a bandwidth such as `125MiB/s` or `1Gbit/s` (a bare number is bytes per second)",
    units: "sizes per second, such as MB/s and MiB/s, and bit/s, kbit/s, Mbit/s, Gbit/s",
  },
  count: {
    bare: 1,
    factors: new Map(Object.entries(decimal)),
    what: "a whole number such as `3`, `100k` or `1M`",
    units: "k, M, G and T, or none",
  },
  share: {
    bare: 1,
    factors: new Map([["%", 0.01]]),
    what: "a share such as `1%` or `0.01`",
    units: "% or none",
  },
};

/** What is expected where a value of this unit stands, in words. */
export function expectation(unit: Unit): string {
  return forms[unit].what;
}

const number = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*)$/su;

/** How many texts of a unit are remembered: a long file writes the same few again and again. */
const rememberedMax = 1000;
const remembered: Record<Unit, Map<string, number | string>> = {
  duration: new Map(),
  size: new Map(),
  rate: new Map(),
  bandwidth: new Map(),
  count: new Map(),
  share: new Map(),
};

/** Reads a quantity; a text in place of a number says what is wrong with it. */
export function readQuantity(unit: Unit, written: string | number): number | string {
  if (typeof written === "number") return read(unit, written);
  const known = remembered[unit];
  let quantity = known.get(written);
  if (quantity === undefined) {
    if (known.size === rememberedMax) known.clear();
    known.set(written, (quantity = read(unit, written)));
  }
  return quantity;
}

function read(unit: Unit, written: string | number): number | string {
  const form = forms[unit];
  let value: number;
  let suffix = "";
  if (typeof written === "number") value = written * form.bare;
  else {
    const parts = number.exec(written.trim());
    if (parts === null) return `expected ${form.what}`;
    suffix = parts[2]!;
    const factor = suffix === "" ? form.bare : form.factors.get(suffix);
    if (factor === undefined) return `\`${suffix}\` is not a unit here: the units are ${form.units}`;
    value = Number(parts[1]) * factor;
  }
  if (!Number.isFinite(value)) return `expected ${form.what}`;
  if (value < 0) return `it is below 0: expected ${form.what}`;
  // Fifteen digits: 1.1ms is 1100000 ns, not 1100000.0000000001.
  const exact = Number(value.toPrecision(15));
  if (unit === "count" && !Number.isSafeInteger(exact))
    return `it is not a whole number: expected ${form.what}`;
  if (unit === "share" && exact > 1)
    return suffix === "%" ? "it is above 100%" : `it is above 1: expected ${form.what}`;
  return exact;
}
