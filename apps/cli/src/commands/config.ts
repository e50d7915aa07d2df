import type { Command } from "commander";
import { examples, withConfig } from "../shared/help.js";
import type { ConfigOption } from "../shared/settings.js";

export function addConfig(program: Command): void {
  const command = program
    .command("config")
    .summary("the configuration as the services read it")
    .description(
      "What ClusterCockpit's config.json and the environment come to, and what can be set. Where something is wrong, all of " +
        "it is told at once, with the place and the mend.",
    )
    .addHelpText(
      "after",
      examples(
        ["ccingest config show", "every setting, defaults included, no secret"],
        ["ccingest config example > config.json", "a file to start from"],
      ),
    );
  withConfig(command.command("show"))
    .summary("every setting, with secrets hidden")
    .description(
      "Prints the whole configuration in the form of the file, defaults included and secrets as ***.",
    )
    .addHelpText(
      "after",
      examples(["NATS_URL=nats://broker:4222 ccingest config show", "the environment wins"]),
    )
    .action(async (options: ConfigOption) => {
      const { runConfigShow } = await import("../config.js");
      await runConfigShow(options);
    });
  command
    .command("example")
    .summary("a complete file to start from")
    .description("Prints a file with what must be given, and every other setting with its default.")
    .addHelpText("after", examples(["ccingest config example > config.json", "then edit it"]))
    .action(async () => {
      const { runConfigExample } = await import("../config.js");
      runConfigExample();
    });
}
