import { NoRespondersError, PermissionViolationError, RequestError } from "@nats-io/nats-core";

/** The client wraps what the server said once or twice. */
function causesOf(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}

/** Nobody listens on the subject of a request: no JetStream, no stream, or no permission. */
export function isUnheard(error: unknown): boolean {
  return causesOf(error).some(
    (cause) =>
      cause instanceof NoRespondersError || (cause instanceof RequestError && cause.isNoResponders()),
  );
}

/** What the user may not do, if that is what the server said. */
export function permissionViolation(error: unknown): PermissionViolationError | undefined {
  return causesOf(error).find((cause) => cause instanceof PermissionViolationError);
}
