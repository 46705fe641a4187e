/** What a random scenario is mostly about. */
export interface Flavour {
  readonly name: string;
  /** How often of all scenarios, as a share of the sum. */
  readonly weight: number;
  readonly queueTypes: Readonly<Record<"classic" | "quorum" | "stream", number>>;
  readonly exchanges: readonly [number, number];
  readonly queues: readonly [number, number];
  readonly steps: readonly [number, number];
  /** Weights of the steps' kinds. */
  readonly script: Readonly<Record<StepKind, number>>;
  /** Chances of arguments. */
  readonly arguments: Readonly<Record<ArgumentKind, number>>;
  /** What comes once, somewhere in the middle: a sleep past the short times to live, or a restart of the server. */
  readonly interlude: "sleep" | "restart" | undefined;
}

export type StepKind =
  | "publish"
  | "consume"
  | "settle"
  | "leave"
  | "get"
  | "empty"
  | "declare"
  | "bind"
  | "refused"
  | "qos"
  | "recover"
  | "policy";
export type ArgumentKind =
  | "length"
  | "bytes"
  | "ttl"
  | "deadLetters"
  /** Of the dead letters, those that go to the next queue. */
  | "chain"
  | "priority"
  | "single"
  | "limit"
  | "expires"
  | "lazy"
  | "exclusive"
  | "autoDelete"
  | "version"
  | "policies"
  /** Of the dead letters of quorum queues, those that are confirmed. */
  | "confirmed";

const script: Flavour["script"] = {
  publish: 30,
  consume: 14,
  settle: 26,
  leave: 6,
  get: 6,
  empty: 2,
  declare: 1,
  bind: 3,
  refused: 4,
  qos: 1,
  recover: 3,
  policy: 0,
};
const settings: Flavour["arguments"] = {
  ...{
    length: 0.12,
    bytes: 0.05,
    ttl: 0,
    deadLetters: 0.3,
    chain: 0.2,
    priority: 0.1,
    single: 0.08,
    limit: 0.4,
  },
  ...{
    expires: 0.02,
    lazy: 0.1,
    exclusive: 0.05,
    autoDelete: 0.05,
    version: 0.08,
    policies: 0.03,
    confirmed: 0.15,
  },
};
const base: Omit<Flavour, "name" | "weight"> = {
  queueTypes: { classic: 6, quorum: 4, stream: 0 },
  exchanges: [1, 3],
  queues: [1, 3],
  steps: [6, 14],
  script,
  arguments: settings,
  interlude: undefined,
};

export const flavours: readonly Flavour[] = [
  {
    ...base,
    name: "routing",
    weight: 17,
    queueTypes: { classic: 9, quorum: 1, stream: 0 },
    exchanges: [2, 6],
    queues: [2, 5],
    script: { ...script, publish: 60, consume: 4, settle: 4, bind: 16, declare: 4, refused: 6, empty: 1 },
    arguments: { ...settings, length: 0, bytes: 0, deadLetters: 0.05, priority: 0, single: 0 },
  },
  {
    ...base,
    name: "order",
    weight: 18,
    exchanges: [0, 1],
    arguments: { ...settings, deadLetters: 0.1, length: 0.05 },
  },
  {
    ...base,
    name: "priority",
    weight: 8,
    queueTypes: { classic: 1, quorum: 0, stream: 0 },
    exchanges: [0, 1],
    queues: [1, 2],
    arguments: { ...settings, priority: 0.95, length: 0.3 },
  },
  {
    ...base,
    name: "limits",
    weight: 14,
    exchanges: [1, 2],
    queues: [1, 3],
    script: { ...script, publish: 45 },
    arguments: { ...settings, length: 0.7, bytes: 0.35, deadLetters: 0.5 },
  },
  {
    ...base,
    name: "dead letters",
    weight: 16,
    exchanges: [1, 3],
    queues: [2, 4],
    steps: [10, 18],
    script: { ...script, settle: 40 },
    arguments: { ...settings, deadLetters: 0.95, length: 0.25, limit: 0.6 },
  },
  {
    ...base,
    name: "dead letters of dead letters",
    weight: 15,
    exchanges: [0, 1],
    queues: [2, 3],
    steps: [9, 14],
    script: { ...script, publish: 32, consume: 20, settle: 45, bind: 0, get: 3, empty: 0 },
    arguments: { ...settings, deadLetters: 1, chain: 1, length: 0.6, single: 0 },
  },
  {
    ...base,
    name: "ends of consumers",
    weight: 17,
    queueTypes: { classic: 6, quorum: 1, stream: 0 },
    exchanges: [0, 1],
    queues: [1, 3],
    script: { ...script, publish: 20, consume: 34, leave: 40, settle: 8, declare: 5, get: 3 },
    arguments: { ...settings, autoDelete: 0.9, exclusive: 0.15, single: 0 },
  },
  {
    ...base,
    name: "time",
    weight: 24,
    exchanges: [1, 2],
    queues: [2, 4],
    steps: [5, 9],
    script: { ...script, publish: 45, consume: 9 },
    arguments: { ...settings, ttl: 0.6, deadLetters: 0.7, expires: 0.8 },
    interlude: "sleep",
  },
  {
    ...base,
    name: "single",
    weight: 14,
    exchanges: [0, 0],
    queues: [1, 1],
    script: { ...script, consume: 34, leave: 22 },
    arguments: { ...settings, single: 0.8, length: 0, deadLetters: 0, autoDelete: 0.5 },
  },
  {
    ...base,
    name: "stream",
    weight: 5,
    queueTypes: { classic: 1, quorum: 1, stream: 6 },
    exchanges: [0, 1],
    queues: [1, 2],
    script: { ...script, publish: 50 },
    arguments: { ...settings, deadLetters: 0 },
  },
  {
    ...base,
    name: "policies",
    weight: 10,
    exchanges: [1, 3],
    queues: [1, 3],
    script: { ...script, publish: 40, policy: 22, refused: 1 },
    arguments: { ...settings, policies: 0.8, deadLetters: 0.2 },
  },
  {
    ...base,
    name: "policies in time",
    weight: 6,
    exchanges: [1, 2],
    queues: [1, 3],
    steps: [6, 11],
    script: { ...script, publish: 45, consume: 9, policy: 18, refused: 1 },
    arguments: { ...settings, policies: 0.8, deadLetters: 0.3, ttl: 0.3, expires: 0.3 },
    interlude: "sleep",
  },
  {
    ...base,
    name: "confirmed deaths",
    weight: 6,
    queueTypes: { classic: 2, quorum: 5, stream: 0 },
    exchanges: [1, 2],
    queues: [1, 4],
    script: { ...script, settle: 40 },
    arguments: { ...settings, deadLetters: 0.9, confirmed: 0.9, limit: 0.6, length: 0.3 },
  },
  {
    ...base,
    name: "refusals",
    weight: 11,
    exchanges: [1, 3],
    queues: [1, 3],
    script: { ...script, consume: 22, declare: 12, refused: 28, bind: 8, empty: 6, leave: 6 },
    arguments: { ...settings, exclusive: 0.3, autoDelete: 0.3 },
  },
];

/** Of scripts that restart the server. */
export const restartFlavour: Flavour = {
  ...base,
  name: "restart",
  weight: 0,
  queueTypes: { classic: 6, quorum: 3, stream: 1 },
  exchanges: [1, 3],
  queues: [2, 4],
  steps: [7, 12],
  script: { ...script, publish: 40, refused: 1 },
  arguments: { ...settings, ttl: 0.15, priority: 0.2, length: 0.2, policies: 0.1 },
  interlude: "restart",
};
