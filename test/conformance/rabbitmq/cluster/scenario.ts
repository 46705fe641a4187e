/** What three nodes go through together while clients publish to each of them: before it, in its midst and after it. */
export interface ClusterScenario {
  readonly name: string;
  readonly handling: "ignore" | "pause_minority" | "autoheal";
  /** Sets of nodes, from 1, which do not reach each other; or a node that stops. */
  readonly fault: { readonly sides: readonly (readonly number[])[] } | { readonly stops: number };
  /** Messages whose fate is another one in the simulator, which tells so in `docs/model.md`. */
  readonly unlike?: readonly string[];
}

export const nodes = [1, 2, 3] as const;
/** Durable, and where they are: classic ones, and a quorum queue on all nodes by where it is led. */
export const queues = { one: 1, two: 2, all: 3 } as const;
export const phases = ["before", "during", "after"] as const;

export interface Message {
  /** Its phase, the node that it is published to, and its queue. */
  readonly id: string;
  readonly phase: (typeof phases)[number];
  readonly node: (typeof nodes)[number];
  readonly queue: keyof typeof queues;
  readonly persistent: boolean;
}

/** In the order in which they are sent. All are mandatory, and confirmed. */
export const messages: readonly Message[] = phases.flatMap((phase) =>
  (["one", "two", "all", "one transient"] as const).flatMap((what) =>
    nodes.map((node): Message => {
      const queue = what === "one transient" ? "one" : what;
      return { id: `${phase} ${node} ${what}`, phase, node, queue, persistent: what === queue };
    }),
  ),
);

/** What their publishers hear, and whether they are in their queues in the end; nodes that do not run in its midst. */
export interface ClusterOutcome {
  readonly down: readonly number[];
  readonly messages: Readonly<Record<string, `${"ack" | "nack" | "return" | "none"}, ${"kept" | "gone"}`>>;
}

/** What the simulator is held to. */
export function comparable(
  { down, messages: fates }: ClusterOutcome,
  { unlike = [] }: ClusterScenario,
): ClusterOutcome {
  const alike = Object.entries(fates).filter(([id]) => !unlike.includes(id));
  return { down, messages: Object.fromEntries(alike) };
}

export const clusterScenarios: readonly ClusterScenario[] = [
  {
    name: "ignore-minority-of-one",
    handling: "ignore",
    fault: { sides: [[1], [2, 3]] },
    // Where the leader stays the same, a channel of 3.10 never sends again what was lost on the way to it.
    unlike: ["during 1 all", "after 1 all"],
  },
  { name: "ignore-without-the-leader", handling: "ignore", fault: { sides: [[3], [1, 2]] } },
  { name: "pause-minority-of-one", handling: "pause_minority", fault: { sides: [[1], [2, 3]] } },
  { name: "pause-minority-with-the-leader", handling: "pause_minority", fault: { sides: [[3], [1, 2]] } },
  {
    name: "pause-minority-all-apart",
    handling: "pause_minority",
    fault: { sides: [[1], [2], [3]] },
  },
  { name: "autoheal-minority-of-one", handling: "autoheal", fault: { sides: [[1], [2, 3]] } },
  { name: "stopped-node", handling: "ignore", fault: { stops: 1 } },
];
