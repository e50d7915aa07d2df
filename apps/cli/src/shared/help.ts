import type { Command } from "commander";

/** Shown below `ccingest --help`. */
export const overview = `
Where it gets its settings:
  From ClusterCockpit's config.json (--config, CONFIG_FILE, or the working directory) and from the environment, which
  wins: NATS_URL, DATABASE_URL, SUBJECT_JOB_EVENT, SUBJECT_NODE_STATE … Where there is none of these, from the stack
  that "ccingest up" (or "npm start") runs in this directory.

Exit codes:
  0  done
  1  something that should work did not, such as a server that can't be reached
  2  the command line, the configuration or the input is wrong
  3  the broker or the database needs a person: a stream is missing, the schema is too old
  4  the broker refuses the credentials, or its certificate is not trusted

First steps:
  $ ccingest up                      everything on this machine, with a small simulated cluster
  $ ccingest status                  in another terminal: what there is and how far it got
  $ ccingest publish events.lp       your own messages

Colour is for terminals only; NO_COLOR switches it off. CCINGEST_DEBUG=1 adds the stack to an error.`;

/** Examples below a command's help: pairs of command and what it does. */
export function examples(...pairs: readonly (readonly [command: string, effect: string])[]): string {
  const width = Math.max(...pairs.map(([command]) => command.length));
  return `\nExamples:\n${pairs.map(([command, effect]) => `  $ ${command.padEnd(width)}  ${effect}`).join("\n")}`;
}

export function withConfig(command: Command): Command {
  return command.option(
    "-c, --config <file>",
    "ClusterCockpit's config.json (default: CONFIG_FILE, ./config.json)",
  );
}

export function withJson(command: Command): Command {
  return command.option("--json", "print JSON for machines");
}
