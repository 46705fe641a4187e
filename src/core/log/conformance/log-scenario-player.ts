import { settingsOf } from "../../model/settings.ts";
import { assertNever } from "../../sim/invariant.ts";
import { utf8 } from "../../text/utf8.ts";
import { batchOverhead, recordBytes } from "../record-size.ts";
import { cleanableRange } from "../storage/cleanable-range.ts";
import { logConfig, type LogConfig } from "../../model/log-config.ts";
import { clean } from "../storage/log-cleaner.ts";
import { latestRecord, read, recordAtTime, type Isolation } from "../storage/log-read.ts";
import { deleteOldSegments } from "../storage/log-retention.ts";
import { NotPlayable, listAt, objectAt, textAt, type Recorded } from "./recorded.ts";
import { logOperations, type LogOperation, type LogScenario, type LogStep } from "./log-scenario.ts";
import { isLogOperation, WantedResults } from "./log-scenario-answer.ts";
import { describeLog } from "./log-description.ts";
import { Control, noProducer, RecordBatch } from "../storage/record-batch.ts";
import { Refusal } from "../storage/refusal.ts";
import { StoredRecords } from "../storage/stored-records.ts";
import { UnifiedLog } from "../storage/unified-log.ts";

/** 61 bytes of batch, 17 of the control record in it. */
const markerBytes = 78;

/** Kafka's exception of each refusal. */
const exceptions: Readonly<Record<Refusal, string>> = {
  [Refusal.outOfOrderSequence]: "OutOfOrderSequenceException",
  [Refusal.invalidProducerEpoch]: "InvalidProducerEpochException",
  [Refusal.invalidTransactionState]: "InvalidTxnStateException",
  [Refusal.recordTooLarge]: "RecordTooLargeException",
  [Refusal.recordBatchTooLarge]: "RecordBatchTooLargeException",
  [Refusal.recordValidation]: "RecordValidationException",
};

/** A file of the kind log-scenarios, with every result that of the simulator's own log. */
export function playLogScenarios(file: Recorded): Recorded {
  const scenarios = readScenarios(file);
  const wanted = new WantedResults(scenarios);
  const played = scenarios.map((scenario, number) => {
    const player = new LogScenarioPlayer(scenario, `scenarios[${number}]`);
    return { ...scenario, steps: scenario.steps.map((step, i) => player.play(step, i, wanted)) };
  });
  return { ...file, scenarios: played };
}

function readScenarios(file: Recorded): LogScenario[] {
  return listAt(file["scenarios"], "scenarios").map((scenario, number) => {
    const where = `scenarios[${number}]`;
    const of = objectAt(scenario, where);
    const steps = listAt(of["steps"], `${where}.steps`);
    return { ...of, steps: steps.map((step, i) => readStep(step, `${where}.steps[${i}]`)) };
  });
}

function readStep(step: unknown, where: string): LogStep {
  const of = objectAt(step, where);
  return { ...of, op: textAt(of["op"], `${where}.op`) };
}

interface ScenarioRecord {
  readonly key: string | null;
  readonly value: string | null;
  readonly valueBytes?: number;
}

interface Outcome {
  readonly results: Readonly<Record<string, unknown>>;
  readonly error?: string;
}

class LogScenarioPlayer {
  private readonly where: string;
  private readonly scenario: LogScenario;
  private readonly stored = new StoredRecords();
  private readonly log: UnifiedLog;
  private readonly batch = new RecordBatch();
  private readonly keys: string[] = [];
  private readonly values: (string | null)[] = [];
  /** Unless a scenario sets it, the high watermark is the log end. */
  private readonly setsHighWatermark: boolean;
  private now = 0;
  private cleanedUpTo = 0;
  private at = 0;
  private step: LogStep = { op: "" };

  constructor(scenario: LogScenario, where: string) {
    this.scenario = scenario;
    this.where = where;
    this.log = new UnifiedLog(this.config(), this.now, this.stored);
    this.setsHighWatermark = scenario.steps.some(({ op }) => op === "setHighWatermark");
  }

  play(step: LogStep, at: number, wanted: WantedResults): LogStep {
    this.step = step;
    this.at = at;
    if (!isLogOperation(step.op)) throw this.wrong(`expected one of ${logOperations.join(", ")}`);
    if (typeof step["atMs"] === "number") this.now = step["atMs"];
    const atMs = this.now;
    const outcome = this.perform(step.op);
    if (!this.setsHighWatermark) this.log.setHighWatermark(this.log.logEnd);
    const after = describeLog(this.log, this.stored, this.keys, this.values);
    const { op, ...rest } = wanted.fill(step, { ...outcome, after });
    return { op, atMs, ...rest };
  }

  private perform(op: LogOperation): Outcome {
    const { log, now } = this;
    switch (op) {
      case "append":
        return this.append();
      case "appendMany":
        return this.appendMany();
      case "appendIdempotent":
        return this.appendOfProducer(false);
      case "appendTxn":
        return this.appendOfProducer(true);
      case "endTransaction":
        return this.endTransaction();
      case "sleep":
        this.now += this.number("ms");
        return { results: {} };
      case "roll":
        log.roll(now);
        return { results: {} };
      case "retentionCheck": {
        const deleted = Object.values(deleteOldSegments(log, now));
        return { results: { segmentsDeleted: deleted.reduce((sum, count) => sum + count, 0) } };
      }
      case "clean":
        return this.clean();
      case "read":
        return this.read();
      case "setHighWatermark":
        log.setHighWatermark(this.number("highWatermark"));
        return { results: {} };
      case "deleteRecordsBefore":
        return log.deleteRecordsBefore(this.number("offset", "beforeOffset", "before"))
          ? { results: {} }
          : { results: {}, error: "OffsetOutOfRangeException" };
      case "offsetForTimestamp":
        return { results: this.offsetForTimestamp(this.number("timestampMs")) };
      case "endOffsetForEpoch": {
        const { epoch, endOffset } = log.epochs.endOffset(this.number("epoch"), log.logEnd);
        return {
          results: { ...(epoch !== undefined && { epochFound: epoch }), endOffset: endOffset ?? null },
        };
      }
      case "truncateTo":
        log.truncateTo(this.number("offset"), now);
        return { results: { latestEpoch: log.epochs.latest ?? null } };
      default:
        return assertNever(op);
    }
  }

  private append(): Outcome {
    const record = { key: this.text("key", "k"), value: this.text("value", "v") };
    const time = this.given("timestampMs") ?? this.now;
    const base = this.write([record], time, this.given("batchBytes"), noProducer);
    return base < 0 ? refused(base) : { results: { offset: base } };
  }

  private appendMany(): Outcome {
    const count = this.number("count");
    const { oneRecordPerBatch = true } = this.step;
    const bytes = this.given("batchBytesEach") ?? this.given("batchBytes");
    const record = { key: this.text("key", null), value: "v", valueBytes: this.number("valueBytes") };
    const one = oneRecordPerBatch === true;
    for (let batch = 0; batch < (one ? count : 1); batch++) {
      const records = one ? [record] : Array.from({ length: count }, () => record);
      const base = this.write(records, this.now, bytes, noProducer);
      if (base < 0) return refused(base);
      if (!this.setsHighWatermark) this.log.setHighWatermark(this.log.logEnd);
    }
    return { results: {} };
  }

  private appendOfProducer(transactional: boolean): Outcome {
    const producerId = this.number("producerId");
    const baseSequence = this.number("baseSequence");
    const logEndOffsetBefore = this.log.logEnd;
    const key = this.text("key", "k");
    const records = Array.from({ length: this.number("count") }, (_, i) => ({
      key,
      value: this.text("value", `p${producerId}s${baseSequence + i}`),
    }));
    const base = this.write(records, this.now, this.given("batchBytes"), producerId, transactional);
    if (base < 0) return { ...refused(base), results: { logEndOffsetBefore } };
    const lastOffset = base + records.length - 1;
    return { results: { logEndOffsetBefore, firstOffset: base, lastOffset, duplicate: this.log.duplicate } };
  }

  private write(
    records: readonly ScenarioRecord[],
    time: number,
    bytes: number | undefined,
    producerId: number,
    transactional = false,
  ): number {
    const { log, batch, stored } = this;
    const sizes = records.map(({ key, value, valueBytes = lengthOf(value) }, i) =>
      recordBytes(lengthOf(key), valueBytes, i),
    );
    const counted = sizes.reduce((sum, size) => sum + size, batchOverhead);
    // What a given size has more than ours is in the first record.
    sizes[0]! += (bytes ?? counted) - counted;
    batch.plain(records.length, bytes ?? counted, time, time);
    if (producerId !== noProducer)
      batch.by(producerId, this.number("epoch"), this.number("baseSequence"), transactional);
    batch.keyless = records.some(({ key }) => key === null);
    batch.leaderEpoch = this.leaderEpoch(log.logEnd);
    const base = log.append(batch, this.now);
    if (base < 0 || log.duplicate) return base;
    for (const [i, { key, value }] of records.entries())
      stored.add(
        base + i,
        batch.maxTimestamp,
        this.keyId(key),
        sizes[i]!,
        value === null,
        this.values.push(value) - 1,
        0,
      );
    return base;
  }

  private endTransaction(): Outcome {
    const { log, batch, stored, now } = this;
    const control = this.step["type"] === "COMMIT" ? Control.commit : Control.abort;
    batch.marker(control, this.number("producerId"), this.number("epoch"), markerBytes, now);
    batch.leaderEpoch = this.leaderEpoch(log.logEnd);
    const base = log.endTransaction(batch, now);
    if (base < 0) return refused(base);
    const size = markerBytes - batchOverhead;
    stored.add(base, now, -1, size, false, -1, 0);
    return { results: { markerOffset: base } };
  }

  private clean(): Outcome {
    const { overdue: _, ...range } = cleanableRange(this.log, this.cleanedUpTo, this.now);
    this.cleanedUpTo = clean(this.log, { ...range, overdue: false }, this.now);
    return { results: { ...range, cleanedUpTo: this.cleanedUpTo } };
  }

  private read(): Outcome {
    const { isolation = "HIGH_WATERMARK", minOneMessage = true } = this.step;
    const from = this.number("fromOffset");
    if (isolation !== "LOG_END") this.log.setHighWatermark(this.log.batchStart(this.log.highWatermark));
    const found = read(
      this.log,
      from,
      this.given("maxBytes") ?? Infinity,
      isolation as Isolation,
      minOneMessage === true,
    );
    if (found === undefined) return { results: {}, error: "OffsetOutOfRangeException" };
    const { first, end, aborted } = found;
    const offsets = [
      ...this.stored.offset.slice(this.stored.firstRecord(first), this.stored.firstRecord(end)),
    ];
    if (isolation !== "TXN_COMMITTED") return { results: { offsets } };
    const abortedTransactions = aborted.map(({ producerId, firstOffset }) => ({ producerId, firstOffset }));
    return { results: { offsets, abortedTransactions } };
  }

  /** −2 is the earliest offset, −1 the latest, −3 that of the largest time, −4 the earliest that is held locally. */
  private offsetForTimestamp(time: number): Record<string, unknown> {
    const { log, stored } = this;
    if (time === -2 || time === -4) return { offset: log.logStart, recordTimestampMs: -1 };
    if (time === -1) return { offset: log.logEnd, recordTimestampMs: -1 };
    const place = time === -3 ? latestRecord(log) : recordAtTime(log, time);
    if (place === undefined) return { offset: null };
    return { offset: stored.offset[place], recordTimestampMs: stored.timestamp[place] };
  }

  /**
   * With which leader's epoch a record is appended: the step's `leaderEpoch`. Recorded files do not write it down; there
   * it follows from where the file's own answers say that each epoch ends.
   */
  private leaderEpoch(offset: number): number {
    const own = this.given("leaderEpoch");
    if (own !== undefined) return own;
    let epoch = 0;
    let end = Infinity;
    for (const { epochFound, endOffset } of this.scenario.steps)
      if (typeof epochFound === "number" && typeof endOffset === "number")
        if (endOffset > offset && endOffset < end) {
          epoch = epochFound;
          end = endOffset;
        }
    return epoch;
  }

  private keyId(key: string | null): number {
    if (key === null) return -1;
    const known = this.keys.indexOf(key);
    return known >= 0 ? known : this.keys.push(key) - 1;
  }

  private config(): LogConfig {
    const { topicConfig = {} } = this.scenario;
    const table = settingsOf("topic");
    for (const name of Object.keys(topicConfig))
      if (!table.has(name))
        throw new NotPlayable(`${this.where}.topicConfig: Kafka has no topic setting '${name}'`);
    const text = (name: string) => String(topicConfig[name] ?? table.get(name)!.default);
    const policies = text("cleanup.policy")
      .replace(/[[\]\s]/gu, "")
      .split(",");
    const logAppendTime = text("message.timestamp.type") === "LogAppendTime";
    return logConfig((name) => this.numberIn(name, text(name)), policies, logAppendTime, false, 1);
  }

  private numberIn(name: string, text: string): number {
    const number = Number(text);
    if (Number.isNaN(number))
      throw new NotPlayable(`${this.where}.topicConfig: '${name}' is '${text}', not a number`);
    return number;
  }

  private number(...names: readonly string[]): number {
    for (const name of names) {
      const value = this.given(name);
      if (value !== undefined) return value;
    }
    throw this.wrong(`it needs a number '${names[0]}'`);
  }

  /** Null is no key, no value. */
  private text(name: string, otherwise: string | null): string | null {
    const value = this.step[name];
    if (value === undefined) return otherwise;
    if (value === null || typeof value === "string") return value;
    throw this.wrong(`'${name}' must be a text or null`);
  }

  private given(name: string): number | undefined {
    const value = this.step[name];
    return typeof value === "number" ? value : undefined;
  }

  private wrong(expected: string): NotPlayable {
    return new NotPlayable(`${this.where}.steps[${this.at}] (${this.step.op}): ${expected}`);
  }
}

function refused(refusal: number): Outcome {
  return { results: {}, error: exceptions[refusal as Refusal] };
}

/** Bytes of a key or a value; −1 for none. */
function lengthOf(text: string | null): number {
  return text === null ? -1 : utf8(text).length;
}
