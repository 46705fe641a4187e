import type { Stage } from "./live-player.ts";
import type { RabbitServer } from "./server.ts";

export function stageNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `stage-${i + 1}`);
}

/** Plays tasks on as many stages at once; a stage is a virtual host of the server, so that names never meet. */
export async function onStages<Task>(
  server: RabbitServer,
  names: readonly string[],
  tasks: Iterable<Task>,
  play: (task: Task, stage: Stage) => Promise<void>,
): Promise<void> {
  const queue = tasks[Symbol.iterator]();
  await Promise.all(
    names.map(async (name) => {
      const stage: Stage = {
        connect: () => server.connect(name),
        restart: () => server.restart(),
        setPolicy: (policy, settings) => server.setPolicy(name, policy, settings),
      };
      for (let next = queue.next(); next.done !== true; next = queue.next()) await play(next.value, stage);
    }),
  );
}
