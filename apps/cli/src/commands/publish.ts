import type { Command } from "commander";
import type { PublishOptions } from "../publish/publish.js";
import { examples, withConfig, withJson } from "../shared/help.js";

export function addPublish(program: Command): void {
  withJson(withConfig(program.command("publish")))
    .summary("publish messages in line protocol")
    .description(
      "Publishes line protocol from a file or, with -, from standard input: each line a message of its own (a quoted " +
        "string may span several), comments and blank lines left out. Lines are checked first, as the services " +
        "would; if one of them is wrong, nothing is sent. Job events and node states go to their configured " +
        "subjects, with the cluster they name in the place of *. Each message is acknowledged by its stream: published means stored.",
    )
    .argument("<file>", "a file in line protocol, or - for standard input")
    .option("--subject <subject>", "send everything there")
    .option("--message-per-file", "send the whole input as one message of several lines")
    .option("--no-check", "send the lines as they are")
    .option(
      "--core",
      "publish without acknowledgement, as most producers do: nobody says whether it is stored",
    )
    .option(
      "--message-id <prefix>",
      "give messages the ids <prefix>-1 …: a stream drops repetitions for two minutes",
    )
    .option(
      "--trace",
      "record a trace and carry it in the messages' headers (needs OTEL_EXPORTER_OTLP_ENDPOINT)",
    )
    .addHelpText(
      "after",
      examples(
        ["ccingest publish events.lp", "each line to the subject of its kind"],
        ["ccingest simulate --jobs 10 --output - | ccingest publish -", "from a pipe"],
        ["ccingest publish --no-check --message-per-file broken.lp", "see what becomes of a bad line"],
        ["ccingest publish --subject test.jobs start.lp", "to another subject"],
        ["ccingest publish --subject cc.job.event.fritz stop.lp", "a stop that names no cluster"],
      ),
    )
    .action(async (file: string, options: PublishOptions) => {
      const { runPublish } = await import("../publish/publish.js");
      await runPublish(file, options);
    });
}
