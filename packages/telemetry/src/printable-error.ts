/** What a log says of an error. */
export interface PrintableError {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  /** Node's or the database's, such as `ECONNREFUSED` or `57P01`. */
  readonly code?: string | number;
  readonly cause?: PrintableError;
  /** Of an AggregateError. */
  readonly errors?: readonly PrintableError[];
}

const DEEPEST = 4;

/**
 * Message, stack, code and causes of an error, and none of its other properties: drivers hang their client with its password, and rows
 * of the database, on what they throw.
 */
export function printableError(error: unknown, depth = 0): PrintableError {
  if (!(error instanceof Error)) return { type: typeof error, message: describe(error) };
  const code = "code" in error ? error.code : undefined;
  return {
    type: error.name,
    message: error.message,
    ...(error.stack !== undefined && { stack: error.stack }),
    ...((typeof code === "string" || typeof code === "number") && { code }),
    ...(error.cause !== undefined && depth < DEEPEST && { cause: printableError(error.cause, depth + 1) }),
    ...(error instanceof AggregateError &&
      depth < DEEPEST && { errors: error.errors.map((each) => printableError(each, depth + 1)) }),
  };
}

function describe(thrown: unknown): string {
  return typeof thrown === "object" && thrown !== null
    ? "something that is no error was thrown"
    : String(thrown);
}
