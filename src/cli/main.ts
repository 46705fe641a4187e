import { version } from "../../package.json";
import { checkCommand } from "./check-command.ts";
import { compareModelsCommand } from "./compare-models-command.ts";
import { conformCommand } from "./conform-command.ts";
import { drawCommand } from "./draw-command.ts";
import { exit, UsageError } from "./exit.ts";
import type { Exit } from "./exit.ts";
import { simulateCommand } from "./simulate-command.ts";
import { translateCommand } from "./translate-command.ts";

interface Command {
  readonly usage: string;
  readonly run: (words: readonly string[]) => Exit | Promise<Exit>;
}

const commands: Readonly<Record<string, Command>> = {
  check: {
    usage: `
  brokerlab check FILE… [--format text|json|sarif] [--max-warnings N]
      Says what is wrong in topology files. A FILE may be a pattern: 'topologies/**/*.topology.{yaml,yml}'.
      More than N warnings count as an error.`,
    run: checkCommand,
  },
  simulate: {
    usage: `
  brokerlab simulate FILE [--seed N] [--json] [--out FILE] [--report FILE] [--csv FILE]
      Runs a topology file and prints what came of it; --out writes the JSON to a file as well,
      --report a page that plays the run back in any browser, --csv the data of its charts.
      A file with a sweep is run for each combination of its values.`,
    run: simulateCommand,
  },
  "compare-models": {
    usage: `
  brokerlab compare-models FILE [--to log|queues] [--seed N] [--json] [--out FILE]
      Runs a file and the same workload in the other broker model, and prints their figures side by side.`,
    run: compareModelsCommand,
  },
  translate: {
    usage: `
  brokerlab translate FILE [--to log|queues]
      Prints the file in the other broker model, with what has no equal there as comments and on standard
      error. A file with both models is brought into the one that --to names; without --to each half goes over.`,
    run: translateCommand,
  },
  draw: {
    usage: `
  brokerlab draw FILE
      Prints what is connected to what as a Mermaid diagram, without a run.`,
    run: drawCommand,
  },
  conform: {
    usage: `
  brokerlab conform kafka FILE
      Prints a recording of the broker's own code with the simulator's results in place of the recorded ones.
  brokerlab conform rabbitmq SCENARIO [--broker-version N.N]
      Plays a script of client operations on the simulated broker and prints what its clients saw;
      the rules are those of RabbitMQ 3.10 unless another version is named.`,
    run: conformCommand,
  },
};

const usage = `Usage:${Object.values(commands)
  .map((command) => command.usage)
  .join("")}
  brokerlab --version
  brokerlab --help

Exit status: 0 when all is well, 1 when a file has errors or an expectation does not hold,
2 for bad use, a missing file or a run that could not start.
`;

async function main(word: string | undefined, command: Command | undefined, rest: string[]): Promise<Exit> {
  if (command !== undefined && !rest.some(asksForHelp)) return command.run(rest);
  if (word === "--version") process.stdout.write(`${version}\n`);
  else if (command !== undefined) process.stdout.write(usageOf(command));
  else if (word !== undefined && (word === "help" || asksForHelp(word))) process.stdout.write(usage);
  else throw new UsageError(word === undefined ? "a command is missing" : `there is no command \`${word}\``);
  return exit.well;
}

function asksForHelp(word: string): boolean {
  return word === "--help" || word === "-h";
}

function usageOf(command: Command | undefined): string {
  return command === undefined ? usage : `Usage:${command.usage}\n`;
}

const [word, ...rest] = process.argv.slice(2);
const command = word !== undefined && Object.hasOwn(commands, word) ? commands[word] : undefined;
try {
  process.exitCode = await main(word, command, rest);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const help = error instanceof UsageError ? `\n${usageOf(command)}` : "";
  process.stderr.write(`brokerlab: ${message}\n${help}`);
  process.exitCode = exit.badUse;
}
