import type { Command } from "commander";
import { examples, withConfig, withJson } from "../shared/help.js";
import type { MigrateOptions } from "../migrate.js";

export function addMigrate(program: Command): void {
  withJson(withConfig(program.command("migrate")))
    .summary("bring the database's schema up to date")
    .description(
      "Brings the database's schema up to date and names the migrations it applied. Safe to repeat, and safe while " +
        "services run: migrations add before they take away. Needs the rights of the schema's owner.",
    )
    .addHelpText(
      "after",
      examples(
        ["ccingest migrate", "the database of the configuration"],
        ["DATABASE_URL=postgres://cc:secret@db:5432/cc ccingest migrate", "this one"],
      ),
    )
    .action(async (options: MigrateOptions) => {
      const { runMigrate } = await import("../migrate.js");
      await runMigrate(options);
    });
}
