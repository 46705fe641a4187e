import type { Stage } from "./live-player.ts";
import type { RabbitServer } from "./server.ts";

export function stageNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `stage-${i + 1}`);
}

/** A stage is a virtual host of the server, so that names never meet. */
export function stageOf(server: RabbitServer, name: string): Stage {
  return {
    connect: () => server.connect(name),
    restart: () => server.restart(),
    setPolicy: (policy, settings) => server.setPolicy(name, policy, settings),
  };
}

/** Plays tasks on as many stages at once. */
export async function onStages<Task>(
  server: RabbitServer,
  names: readonly string[],
  tasks: Iterable<Task>,
  play: (task: Task, stage: Stage) => Promise<void>,
): Promise<void> {
  const queue = tasks[Symbol.iterator]();
  await Promise.all(
    names.map(async (name) => {
      const stage = stageOf(server, name);
      for (let next = queue.next(); next.done !== true; next = queue.next()) await play(next.value, stage);
    }),
  );
}

/** Plays tasks that restart the server, as many at once as there are stages: they wait for each other and share a restart. */
export async function inRounds<Task>(
  server: RabbitServer,
  names: readonly string[],
  tasks: Iterable<Task>,
  play: (task: Task, stage: Stage) => Promise<void>,
): Promise<void> {
  const all = [...tasks];
  for (let from = 0; from < all.length; from += names.length) {
    const round = new Round(() => server.restart());
    const some = all.slice(from, from + names.length);
    await Promise.all(
      some.map(async (task, i) => {
        round.enter();
        try {
          await play(task, { ...stageOf(server, names[i]!), restart: () => round.arrive() });
        } finally {
          round.leave();
        }
      }),
    );
  }
}

/** Those who want a restart wait for all who may want one. */
class Round {
  private inside = 0;
  private waiting: { readonly go: () => void; readonly fail: (error: unknown) => void }[] = [];
  private readonly restart: () => Promise<void>;

  constructor(restart: () => Promise<void>) {
    this.restart = restart;
  }

  enter(): void {
    this.inside++;
  }

  leave(): void {
    this.inside--;
    this.look();
  }

  arrive(): Promise<void> {
    return new Promise((go, fail) => {
      this.waiting.push({ go, fail });
      this.look();
    });
  }

  private look(): void {
    if (this.waiting.length === 0 || this.waiting.length < this.inside) return;
    const all = this.waiting.splice(0);
    this.restart().then(
      () => all.forEach(({ go }) => go()),
      (error: unknown) => all.forEach(({ fail }) => fail(error)),
    );
  }
}
