import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkRecorded, readRecorded } from "./recorded.ts";
import { installServer } from "./server-package.ts";
import { RabbitServer } from "./server.ts";
import { onStages, stageNames } from "./stages.ts";

const { values } = parseArgs({
  options: {
    project: { type: "string" },
    stages: { type: "string", default: "8" },
  },
});
const project = values.project!;
const build = join(project, ".build");
const count = { passed: 0, failed: 0 };
const tell = (line: string): void => console.log(line);

function judge(name: string, wrong: string | undefined): void {
  if (wrong === undefined) count.passed++;
  else count.failed++;
  if (wrong !== undefined) tell(`✗ ${name}: ${wrong}`);
}

await installServer(tell);
const names = stageNames(Number(values.stages));
const server = await RabbitServer.start(join(build, "rabbitmq"), names);
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void server.stop().finally(() => process.exit(130)));
try {
  const recorded = await readRecorded(join(project, "test/conformance/rabbitmq"));
  const restarts = recorded.filter(({ scenario }) => scenario.requires?.includes("restart"));
  const check = async (
    one: (typeof recorded)[number],
    stage: Parameters<typeof checkRecorded>[1],
  ): Promise<void> => judge(one.scenario.name, await checkRecorded(one, stage));
  await onStages(
    server,
    names,
    recorded.filter((one) => !restarts.includes(one)),
    check,
  );
  await onStages(server, names.slice(0, 1), restarts, check);
  tell(`${count.passed} of ${recorded.length} recorded scenarios: live, recorded and simulated alike`);
} finally {
  await server.stop();
}
await mkdir(join(build, "reports"), { recursive: true });
await writeFile(join(build, "reports/rabbitmq.json"), JSON.stringify(count));
tell(`\n${count.passed} passed, ${count.failed} failed`);
process.exitCode = count.failed === 0 ? 0 : 1;
