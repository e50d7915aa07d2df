import { type Command, Option } from "commander";
import type { ListOptions } from "../dead-letters/list.js";
import type { ReplayOptions } from "../dead-letters/replay.js";
import type { DiscardOptions } from "../dead-letters/discard.js";
import type { ShowOptions } from "../dead-letters/show.js";
import { examples, withConfig, withJson } from "../shared/help.js";
import { identifier, integer, pointInTime } from "../shared/parse.js";

export function addDeadLetters(program: Command): void {
  const command = program
    .command("dead-letters")
    .summary("look at what was refused, and answer it")
    .description(
      "Dead letters are the lines that could not become rows, kept with their bytes and the reason. They are open until " +
        "somebody replays or discards them; both leave an entry in the audit trail, and the bytes stay.",
    )
    .addHelpText(
      "after",
      examples(
        ["ccingest dead-letters list --reason unknown_cluster", "what there is"],
        ["ccingest dead-letters show 17", "one of them, and where its fault is"],
        ["ccingest dead-letters replay --reason unknown_cluster", "now that the cluster is defined"],
      ),
    );
  for (const add of [addList, addShow, addReplay, addDiscard]) add(command);
}

function addList(command: Command): void {
  withFilters(command.command("list"))
    .summary("list them, the newest first")
    .description("Lists dead letters, the newest first.")
    .addOption(
      new Option("--status <status>", "only these")
        .choices(["open", "replaying", "replayed", "discarded", "all"])
        .default("open", "open, and those whose replay was interrupted"),
    )
    .option("--limit <n>", "so many at most", integer(1, 10_000), 50)
    .option("--after <id>", "go on behind this one", identifier)
    .addHelpText(
      "after",
      examples(
        [
          "ccingest dead-letters list --cluster fritz --from 2026-03-01T00:00:00Z",
          "of one cluster, since March",
        ],
        ["ccingest dead-letters list --job 1403244 --status all", "what became of a job's messages"],
        ["ccingest dead-letters list --json | jq .deadLetters[].id", "for scripts"],
      ),
    )
    .action(async (options: ListOptions) => {
      const { runList } = await import("../dead-letters/list.js");
      await runList(options);
    });
}

function addShow(command: Command): void {
  withJson(withConfig(command.command("show")))
    .summary("show one, and where its fault is")
    .description(
      "Shows a dead letter: what it says, exactly, where its fault is, the headers of its message and what has been done " +
        "about it.",
    )
    .argument("<id>", "its number in the list", identifier)
    .option("--raw", "print its bytes and nothing else")
    .option("--edited", "with --raw: the bytes that were last replayed instead")
    .addHelpText(
      "after",
      examples(
        ["ccingest dead-letters show 17", "for people"],
        [
          "ccingest dead-letters show 17 --raw > line.lp",
          "its bytes, to mend and replay them with --payload line.lp",
        ],
      ),
    )
    .action(async (id: bigint, options: ShowOptions) => {
      const { runShow } = await import("../dead-letters/show.js");
      await runShow(id, options);
    });
}

function addReplay(command: Command): void {
  withAnswer(withFilters(command.command("replay")))
    .summary("apply them after all")
    .description(
      "Applies dead letters the way the services apply messages, the oldest first, directly in the database. What is refused " +
        "again stays open. Repeating it changes nothing: an interrupted replay goes on where it stopped. Runs that start or " +
        "stop are announced at the broker, unless ingest.lifecycle.events is off. Letters that ended a service " +
        "(crashes_service) are replayed only when named by number or reason.",
    )
    .option(
      "--payload <file>",
      "apply the line in this file (- for standard input) instead; for a single one",
    )
    .addHelpText(
      "after",
      examples(
        ["ccingest dead-letters replay 17 18", "these two"],
        [
          "ccingest dead-letters replay --reason host_in_no_subcluster --dry-run",
          "what would become of them now",
        ],
        ["ccingest dead-letters replay --all --limit 100000 --rate 500", "everything that is open"],
        ["ccingest dead-letters replay 17 --payload line.lp", "a mended line; the original is kept"],
      ),
    )
    .action(async (ids: bigint[], options: ReplayOptions) => {
      const { runReplay } = await import("../dead-letters/replay.js");
      await runReplay(ids, options);
    });
}

function addDiscard(command: Command): void {
  withAnswer(withFilters(command.command("discard")))
    .summary("decide that nothing is to be done about them")
    .description(
      "Closes dead letters without applying them. Their bytes are kept, and one that is named by number can still be replayed.",
    )
    .option("--note <text>", "why, for the audit trail")
    .addHelpText(
      "after",
      examples(
        ["ccingest dead-letters discard 17 --note 'test of a producer'", "this one"],
        [
          "ccingest dead-letters discard --reason json_syntax --to 2026-03-01T00:00:00Z --dry-run",
          "how many?",
        ],
      ),
    )
    .action(async (ids: bigint[], options: DiscardOptions) => {
      const { runDiscard } = await import("../dead-letters/discard.js");
      await runDiscard(ids, options);
    });
}

function withFilters(command: Command): Command {
  return withJson(withConfig(command))
    .option("--reason <code>", "refused for this reason; may be repeated", collect)
    .option("--subject <subject>", "of messages on this subject")
    .option("--from <time>", "received at this time or later", pointInTime)
    .option("--to <time>", "received before this time", pointInTime)
    .option("--cluster <name>", "about this cluster, where that can be read")
    .option("--job <id>", "about this jobId, where that can be read", identifier);
}

function withAnswer(command: Command): Command {
  return command
    .argument("[id...]", "their numbers in the list; else those that fit the options", idList)
    .option("--all", "all that are open, when no option narrows them down")
    .option("--dry-run", "say what would be done, and do nothing")
    .option("--limit <n>", "so many at most", integer(1), 1_000)
    .option("--rate <n>", "so many per second at most", integer(1, 100_000), 100)
    .option("--after <id>", "leave out those up to this one", identifier)
    .option("--as <name>", "who does it, for the audit trail (default: the user of this machine)");
}

function idList(text: string, before: readonly bigint[] = []): bigint[] {
  return [...before, identifier(text)];
}

function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}
