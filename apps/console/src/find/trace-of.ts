import type { StoredMessage } from "@cc-ingest/jetstream";

/** The id of the trace that a message belongs to, by its header `traceparent`. Source: W3C Trace Context. */
export function traceOf({ headers }: Pick<StoredMessage, "headers">): string | undefined {
  const [, values] =
    Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === "traceparent") ?? [];
  const id = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(values?.[0] ?? "")?.[1];
  return id === undefined || /^0+$/.test(id) ? undefined : id;
}

/** `template`: with `{traceId}` in the place of the id. */
export function traceAddress(template: string | undefined, id: string): string | undefined {
  return template?.replaceAll("{traceId}", id);
}
