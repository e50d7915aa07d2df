import { NoRespondersError, RequestError } from "@nats-io/nats-core";

/** Nobody listens on the subject of a request: no JetStream, no stream, or no permission. */
export function isUnheard(error: unknown): boolean {
  return error instanceof NoRespondersError || (error instanceof RequestError && error.isNoResponders());
}
