import { ArchiveError } from "@cc-ingest/archive";
import { DevstackError } from "@cc-ingest/devstack";
import { ProvisioningError, isUnheard, permissionViolation } from "@cc-ingest/jetstream";
import { JetStreamApiError } from "@nats-io/jetstream";
import { AuthorizationError } from "@nats-io/nats-core";
import { CliError, messageOf } from "./cli-error.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";

export interface Explanation {
  readonly exitCode: ExitCode;
  /** One line as a rule; a line per problem where there are several. */
  readonly message: string;
}

const devstackMistakes = new Set([
  "port_in_use",
  "data_directory_in_use",
  "data_directory_unusable",
  "bad_option",
]);

const verbs = { publish: "publish to", subscription: "subscribe to" } as const;

/** What an error means for whoever typed the command. Decided here and nowhere else. */
export function explain(error: unknown): Explanation {
  if (error instanceof CliError) return error;
  if (error instanceof ProvisioningError) return { exitCode: exitCodes.needsPerson, message: error.message };
  if (error instanceof DevstackError) {
    const exitCode = devstackMistakes.has(error.code) ? exitCodes.mistake : exitCodes.failed;
    return { exitCode, message: error.message };
  }
  if (error instanceof ArchiveError) {
    const exitCode = error.needsMending ? exitCodes.mistake : exitCodes.failed;
    return { exitCode, message: error.message };
  }
  const refused = permissionViolation(error);
  if (refused !== undefined) {
    const message = `the broker does not let this user ${verbs[refused.operation]} ${refused.subject}`;
    return { exitCode: exitCodes.needsPerson, message };
  }
  if (isUnheard(error))
    return {
      exitCode: exitCodes.needsPerson,
      message: "JetStream does not answer: start the broker with JetStream, and permit this user its API",
    };
  if (error instanceof AuthorizationError)
    return { exitCode: exitCodes.refusedByBroker, message: `the broker refuses: ${messageOf(error)}` };
  if (error instanceof JetStreamApiError)
    return { exitCode: exitCodes.needsPerson, message: `JetStream refuses: ${messageOf(error)}` };
  return { exitCode: exitCodes.failed, message: messageOf(error) };
}
