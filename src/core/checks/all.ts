import type { Problem } from "../problems/problem.ts";
import { ackTimeout } from "./ack-timeout.ts";
import { addedPartitions } from "./added-partitions.ts";
import { answers } from "./answers.ts";
import { bindings } from "./bindings.ts";
import type { CheckedFile } from "./checked-file.ts";
import { capacity } from "./capacity.ts";
import { consumption } from "./consumption.ts";
import { deadLetterLoops } from "./dead-letter-loops.ts";
import { deadLetters } from "./dead-letters.ts";
import { exclusiveAccess } from "./exclusive-access.ts";
import { exchangeCycles } from "./exchange-cycles.ts";
import { groupPace } from "./group-pace.ts";
import { groupSettings } from "./group-settings.ts";
import { groupSize } from "./group-size.ts";
import { keySpread } from "./key-spread.ts";
import { policies } from "./policies.ts";
import { producerSafety } from "./producer-safety.ts";
import { publishing } from "./publishing.ts";
import { queueDeclarations } from "./queue-declarations.ts";
import { quorumGrowth } from "./quorum-growth.ts";
import { reach } from "./reach.ts";
import { refusedTogether } from "./refused-together.ts";
import { replicas } from "./replicas.ts";
import { settingBounds } from "./setting-bounds.ts";
import { streamOperators } from "./stream-operators.ts";
import { topicRetention } from "./topic-retention.ts";
import { topicUse } from "./topic-use.ts";
import { topicWriters } from "./topic-writers.ts";
import { unroutable } from "./unroutable.ts";

/** Yields what it finds, each at its place. */
export type Check = (file: CheckedFile) => Iterable<Problem>;

const kafka: readonly Check[] = [
  groupSize,
  replicas,
  producerSafety,
  keySpread,
  topicWriters,
  addedPartitions,
  groupPace,
  groupSettings,
  settingBounds,
  refusedTogether,
  topicUse,
  topicRetention,
];

const rabbitmq: readonly Check[] = [
  reach,
  answers,
  unroutable,
  bindings,
  deadLetters,
  deadLetterLoops,
  consumption,
  ackTimeout,
  publishing,
  queueDeclarations,
  quorumGrowth,
  exchangeCycles,
  exclusiveAccess,
  policies,
];

/** Every check of the file as a whole, by the groups of the catalogue. */
export const checks: readonly Check[] = [...kafka, ...rabbitmq, streamOperators, capacity];
