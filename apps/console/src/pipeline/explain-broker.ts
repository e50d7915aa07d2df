import { isUnheard, permissionViolation } from "@cc-ingest/jetstream";
import { HTTPException } from "hono/http-exception";

/** What an error of the broker means for whoever looks at the page. */
export function explainBroker(error: unknown): string {
  if (error instanceof HTTPException) return error.message;
  const refused = permissionViolation(error);
  if (refused !== undefined) return `the broker does not let the console's user use ${refused.subject}`;
  if (isUnheard(error)) return "JetStream does not answer, or not to the console's user";
  return error instanceof Error ? error.message : String(error);
}
