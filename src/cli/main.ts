import { checkCommand } from "./check-command.ts";
import { compareModelsCommand } from "./compare-models-command.ts";
import { conformCommand } from "./conform-command.ts";
import { drawCommand } from "./draw-command.ts";
import { exit, UsageError } from "./exit.ts";
import type { Exit } from "./exit.ts";
import { simulateCommand } from "./simulate-command.ts";
import { translateCommand } from "./translate-command.ts";

const usage = `Usage:
  brokerlab check FILE… [--format text|json|sarif] [--max-warnings N]
      Says what is wrong in topology files. A FILE may be a pattern: 'topologies/**/*.topology.{yaml,yml}'.
      More than N warnings count as an error.
  brokerlab simulate FILE [--seed N] [--json] [--out FILE] [--report FILE] [--csv FILE]
      Runs a topology file and prints what came of it; --out writes the JSON to a file as well,
      --report a page that plays the run back in any browser, --csv the data of its charts.
      A file with a sweep is run for each combination of its values.
  brokerlab compare-models FILE [--to log|queues] [--seed N] [--json] [--out FILE]
      Runs a file and the same workload in the other broker model, and prints their figures side by side.
  brokerlab translate FILE [--to log|queues]
      Prints the file in the other broker model, with what has no equal there as comments and on standard
      error. A file with both models is brought into the one that --to names; without --to each half goes over.
  brokerlab draw FILE
      Prints what is connected to what as a Mermaid diagram, without a run.
  brokerlab conform kafka FILE
      Prints a recording of the broker's own code with the simulator's results in place of the recorded ones.
  brokerlab conform rabbitmq SCENARIO [--broker-version N.N]
      Plays a script of client operations on the simulated broker and prints what its clients saw;
      the rules are those of RabbitMQ 3.10 unless another version is named.

Exit status: 0 when all is well, 1 when a file has errors or an expectation does not hold,
2 for bad use, a missing file or a run that could not start.
`;

async function main(words: readonly string[]): Promise<Exit> {
  const [command, ...rest] = words;
  if (command === "check") return checkCommand(rest);
  if (command === "simulate") return await simulateCommand(rest);
  if (command === "compare-models") return await compareModelsCommand(rest);
  if (command === "translate") return translateCommand(rest);
  if (command === "draw") return drawCommand(rest);
  if (command === "conform") return conformCommand(rest);
  if (command === "--help" || command === "-h" || command === "help") {
    process.stdout.write(usage);
    return exit.well;
  }
  throw new UsageError(command === undefined ? "a command is missing" : `there is no command \`${command}\``);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`brokerlab: ${message}\n${error instanceof UsageError ? `\n${usage}` : ""}`);
  process.exitCode = exit.badUse;
}
