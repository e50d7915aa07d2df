/** Finds the stream that stores a subject; tells names only. */
export const streamNames = "$JS.API.STREAM.NAMES";

type StreamRequest = "INFO" | "MSG.GET" | "CREATE" | "UPDATE";
type ConsumerRequest = "INFO" | "MSG.NEXT" | "CREATE" | "DELETE";

export function streamApi(stream: string, ...requests: readonly StreamRequest[]): string[] {
  return requests.map((request) => `$JS.API.STREAM.${request}.${stream}`);
}

export function consumerApi(
  stream: string,
  consumer: string,
  ...requests: readonly ConsumerRequest[]
): string[] {
  return requests.map((request) => `$JS.API.CONSUMER.${request}.${stream}.${consumer}`);
}

/** As servers write it, and as newer ones may: with domain and account before the stream. Source: ADR-15 of NATS. */
export function acknowledge(stream: string, consumer: string): string[] {
  return [`$JS.ACK.${stream}.${consumer}.>`, `$JS.ACK.*.*.${stream}.${consumer}.>`];
}
