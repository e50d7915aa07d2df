import { type Command, InvalidArgumentError } from "commander";
import { examples, withConfig, withJson } from "../shared/help.js";
import type { StatusOptions } from "../status/run-status.js";

export function addStatus(program: Command): void {
  withJson(withConfig(program.command("status")))
    .summary("show streams, consumers, tables and services")
    .description(
      "Shows what there is and how far it got: the streams and what is pending on their consumers, the replicas of the services " +
        "wherever they run (they answer through the broker) with version, rate and lag, the rows of the tables, dead letters by " +
        "reason, and whether the services are ready. Ends with 1 when something is missing.",
    )
    .option("--watch", "again every two seconds, until Ctrl-C")
    .option(
      "--service <name=url>",
      'ask this service too, such as ingest-jobs=http://host:9464; may be repeated (default: those of "ccingest up")',
      collect,
    )
    .addHelpText(
      "after",
      examples(
        ["ccingest status", "once"],
        ["ccingest status --watch", "see the lag shrink"],
        ["ccingest status --json | jq .database.deadLetters", "for scripts"],
        ["ccingest status --service ingest-jobs=http://10.0.0.7:9464", "services elsewhere"],
      ),
    )
    .action(async (options: StatusOptions) => {
      const { runStatus } = await import("../status/run-status.js");
      await runStatus(options);
    });
}

function collect(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const match = /^([^=]+)=(https?:\/\/.+)$/.exec(text);
  const [, name = "", url = ""] = match ?? [];
  if (match === null) throw new InvalidArgumentError("Write it as ingest-jobs=http://host:9464.");
  return { ...before, [name]: url.replace(/\/+$/, "") };
}
