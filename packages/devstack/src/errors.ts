export type DevstackErrorCode =
  | "nats_server_not_found"
  | "postgres_not_found"
  | "chromium_not_found"
  | "prometheus_not_found"
  | "port_in_use"
  | "start_failed"
  | "data_directory_in_use"
  | "data_directory_unusable"
  | "bad_option";

/** A mistake or a machine that lacks something: the message is one line that says what to do. */
export class DevstackError extends Error {
  override readonly name = "DevstackError";
  readonly code: DevstackErrorCode;

  constructor(code: DevstackErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map(messageOf).join("; ");
  }
  if (!(error instanceof Error)) {
    return String(error);
  }
  return error.cause === undefined ? error.message : `${error.message}: ${messageOf(error.cause)}`;
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
