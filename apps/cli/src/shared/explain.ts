import { DevstackError } from "@cc-ingest/devstack";
import { ProvisioningError } from "@cc-ingest/jetstream";
import { JetStreamApiError } from "@nats-io/jetstream";
import { AuthorizationError, PermissionViolationError } from "@nats-io/nats-core";
import { CliError, messageOf } from "./cli-error.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import { isUnheard } from "./unheard.js";

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

/** What an error means for whoever typed the command. Decided here and nowhere else. */
export function explain(error: unknown): Explanation {
  if (error instanceof CliError) return error;
  if (error instanceof ProvisioningError) return { exitCode: exitCodes.needsPerson, message: error.message };
  if (error instanceof DevstackError) {
    const exitCode = devstackMistakes.has(error.code) ? exitCodes.mistake : exitCodes.failed;
    return { exitCode, message: error.message };
  }
  if (isUnheard(error))
    return {
      exitCode: exitCodes.needsPerson,
      message: "JetStream does not answer: start the broker with JetStream, and permit this user its API",
    };
  if (error instanceof PermissionViolationError || error instanceof AuthorizationError)
    return { exitCode: exitCodes.needsPerson, message: `the broker does not permit it: ${messageOf(error)}` };
  if (error instanceof JetStreamApiError)
    return { exitCode: exitCodes.needsPerson, message: `JetStream refuses: ${messageOf(error)}` };
  return { exitCode: exitCodes.failed, message: messageOf(error) };
}
