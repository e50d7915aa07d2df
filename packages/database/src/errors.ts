/**
 * What an error from the database means for the batch that met it. Decided here and nowhere else.
 *
 * - `transient`: infrastructure. Nothing is lost or dead-lettered: pause and try the same batch again.
 * - `conflict`: another transaction changed what this one had read, or the two deadlocked. Nothing happened: try again at once.
 * - `timeout`: a statement or lock ran out of time. Try again; a smaller batch may fit.
 * - `data`: one of the values. Find the line by bisection and dead-letter that one.
 * - `schema`: a table or column is missing, permission is, or trust in the server: a person must act.
 * - `bug`: ours. Never retried, never blamed on a message.
 */
export type FailureKind = "transient" | "conflict" | "timeout" | "data" | "schema" | "bug";

/** SQLSTATEs decided one by one; the classes below decide the rest. Source: PostgreSQL, appendix A. */
const byState: Readonly<Record<string, FailureKind>> = {
  // A number that its column has no room for, found while it was written.
  ERR_OUT_OF_RANGE: "data",
  "25006": "transient", // read-only transaction: a failover demoted this server
  "25P03": "transient", // idle_in_transaction_session_timeout: this process stood still
  "25P04": "timeout", // transaction_timeout
  "23505": "conflict", // unique_violation: another transaction has written the row since this one looked for it
  "40001": "conflict",
  "40P01": "conflict",
  "55P03": "timeout", // lock_not_available
  "57014": "timeout", // query_canceled
  "42P01": "schema", // undefined_table
  "42703": "schema", // undefined_column
  "42883": "schema", // undefined_function
  "3F000": "schema", // invalid_schema_name
  "42501": "schema", // insufficient_privilege
  "28P01": "transient", // invalid_password: credentials rotate
  "28000": "transient",
  "3D000": "transient", // database not created yet
};

const byClass: Readonly<Record<string, FailureKind>> = {
  "08": "transient", // connection
  "53": "transient", // disk full, too many connections, out of memory
  "55": "transient",
  "57": "transient", // operator intervention: shutdown, failover
  "58": "transient", // system error outside Postgres
  "22": "data",
  "23": "data",
  "54": "data", // program limit: value too large for an index
};

/** The SQLSTATE classes that errors of these kinds have. */
export function sqlstateClasses(...kinds: readonly FailureKind[]): readonly string[] {
  const states = [...Object.entries(byState), ...Object.entries(byClass)];
  const fit = states.filter(([state, kind]) => kinds.includes(kind) && /^(..|.{5})$/.test(state));
  return [...new Set(fit.map(([state]) => state.slice(0, 2)))];
}

/** The server's certificate is not trusted, or is for another host. Source: OpenSSL's and Node's codes. */
const untrusted =
  /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CRL_|HOSTNAME_MISMATCH|ERR_TLS_CERT_|ERR_SSL_.*ALERT)/;

export function isUntrustedServer(error: unknown): boolean {
  return untrusted.test(errorCode(error) ?? "") || noTls.test(error instanceof Error ? error.message : "");
}

/** pg reports this without a code. */
const noTls = /server does not support SSL connections/;

/** `08P01` is a broken protocol message, which only we can send. */
const bugs = new Set(["08P01", "21000"]);

const socketErrors = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT",
]);

/** pg reports these without a code. */
const socketMessages =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client (?:has encountered a connection error|was closed) and is not queryable|server closed the connection|Connection ended/i;

/** The SQLSTATE or socket error code of an error, if it has one. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** A row met no partition: retention dropped it after it was looked up. SQLSTATE alone would call it the row's fault. */
function isMissingPartition(error: unknown): boolean {
  return errorCode(error) === "23514" && (error as { routine?: unknown }).routine === "ExecFindPartition";
}

const INSUFFICIENT_PRIVILEGE = "42501";

/** The login lacks a right: another role is the mend, not a migration. */
export function isForbidden(error: unknown): boolean {
  return errorCode(error) === INSUFFICIENT_PRIVILEGE;
}

/** A table, a column or the like is not there: `ccingest migrate` is the mend. */
export function lacksMigration(error: unknown): boolean {
  return classifyDatabaseError(error) === "schema" && !isUntrustedServer(error) && !isForbidden(error);
}

export function classifyDatabaseError(error: unknown): FailureKind {
  // Several addresses of one host are tried: the errors arrive together.
  if (error instanceof AggregateError) {
    const kinds = error.errors.map(classifyDatabaseError);
    return kinds.every((kind) => kind === "transient") ? "transient" : "bug";
  }
  const code = errorCode(error);
  if (isUntrustedServer(error)) return "schema";
  if (code !== undefined) {
    if (bugs.has(code)) return "bug";
    if (isMissingPartition(error)) return "conflict";
    if (socketErrors.has(code)) return "transient";
    const known = byState[code] ?? byClass[code.slice(0, 2)];
    if (known !== undefined) return known;
  }
  if (error instanceof Error && socketMessages.test(error.message)) return "transient";
  return "bug";
}
