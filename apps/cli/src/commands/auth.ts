import type { Command } from "commander";
import type { AddProducerOptions } from "../auth/add-producer.js";
import type { InitOptions } from "../auth/init.js";
import { withDirectory } from "../auth/options.js";
import type { PermissionsOptions } from "../auth/permissions.js";
import type { RevokeOptions } from "../auth/revoke.js";
import { examples, withConfig, withJson } from "../shared/help.js";
import { byteSize, pointInTime } from "../shared/parse.js";

export function addAuth(program: Command): void {
  const command = program
    .command("auth")
    .summary("users of the broker: who may do what")
    .description(
      "Makes credentials for the broker as NATS' decentralized authentication has them: an operator, an account with " +
        "JetStream, and a user with its own credentials file for each service, tool and producer, which may do what it " +
        'needs and nothing else. For a site of its own tools, infra/nats/accounts.sh makes the same with "nsc".',
    )
    .addHelpText(
      "after",
      examples(
        ["ccingest auth init", "the authority and the users that every site has"],
        ["ccingest auth add-producer fritz", "credentials for the scheduler of fritz"],
        ["ccingest auth revoke producer-fritz", "they got lost"],
      ),
    );
  for (const add of [addInit, addProducer, addRevoke, addPermissions]) add(command);
}

function addInit(command: Command): void {
  withJson(withConfig(withDirectory(command.command("init"))))
    .summary("make an authority and its users")
    .description(
      "Makes operator, account and users for the configured subjects, streams and durables, and the part of a " +
        "nats-server's configuration that admits them. Streams must fit into the account: give them " +
        "ingest.streams.max-bytes, since an account that is full refuses messages, and plain publishers are not told.",
    )
    .option("--max-disk <size>", "what the account may store, such as 20GiB", byteSize, 16 * 1024 ** 3)
    .addHelpText(
      "after",
      examples(
        [
          "SUBJECT_JOB_EVENT='cc.job.event.*' SUBJECT_NODE_STATE='cc.node.state.*' ccingest auth init",
          "here",
        ],
        ["ccingest auth init --directory /etc/cc-ingest/nats --max-disk 100GiB", "there, with more room"],
      ),
    )
    .action(async (options: InitOptions) => {
      const { runInit } = await import("../auth/init.js");
      await runInit(options);
    });
}

function addProducer(command: Command): void {
  withJson(withConfig(withDirectory(command.command("add-producer"))))
    .argument("<cluster>", "which it speaks for")
    .summary("make credentials for a cluster's producer")
    .description(
      "Makes the user producer-<cluster>, which may publish job events and node states and, where the subjects name the " +
        "cluster, only those of its own. Servers need not be told.",
    )
    .option("--expires <time>", "refuse it from then on, such as 2027-01-01T00:00:00Z", pointInTime)
    .addHelpText("after", examples(["ccingest auth add-producer fritz", "creds/producer-fritz.creds"]))
    .action(async (cluster: string, options: AddProducerOptions) => {
      const { runAddProducer } = await import("../auth/add-producer.js");
      await runAddProducer(cluster, options);
    });
}

function addRevoke(command: Command): void {
  withJson(withDirectory(command.command("revoke")))
    .argument("<user>", "such as producer-fritz")
    .summary("refuse a user from now on")
    .description(
      "Revokes a user's credentials and removes their file. Open connections end when a server has read the " +
        "configuration again; a user of the same name can then be made anew.",
    )
    .addHelpText("after", examples(["ccingest auth revoke producer-fritz", "and have the servers reload"]))
    .action(async (user: string, options: RevokeOptions) => {
      const { runRevoke } = await import("../auth/revoke.js");
      await runRevoke(user, options);
    });
}

function addPermissions(command: Command): void {
  withConfig(command.command("permissions"))
    .summary("print what each user may do, for scripts")
    .description(
      "Prints the permission lists for the configured subjects, streams and durables: user, pub, sub or resp, and the " +
        "subject, with tabs between. infra/nats/accounts.sh reads them.",
    )
    .option("--producer <cluster...>", "producers of these clusters too")
    .addHelpText(
      "after",
      examples([
        "ccingest auth permissions --producer fritz alex > permissions.tsv",
        "for infra/nats/accounts.sh",
      ]),
    )
    .action(async (options: PermissionsOptions) => {
      const { runPermissions } = await import("../auth/permissions.js");
      await runPermissions(options);
    });
}
