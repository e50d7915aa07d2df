import { type ExitCode, exitCodes } from "./exit-codes.js";

/** Ends the command. The message names the place and the mend; it is all the user sees. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

export function mistake(message: string, options?: ErrorOptions): CliError {
  return new CliError(exitCodes.mistake, message, options);
}

export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message || error.name : String(error);
}
