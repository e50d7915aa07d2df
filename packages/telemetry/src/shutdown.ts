import { diag } from "@opentelemetry/api";

let running: { shutdown(): Promise<void> } | undefined;

/** Called once by the module that starts the SDK. */
export function setRunningSdk(sdk: { shutdown(): Promise<void> }): void {
  running = sdk;
}

/**
 * Sends the spans that are still buffered and stops tracing. Never rejects and takes 5 s at most, even with a
 * collector that does not answer; the spans are then lost. Does nothing when tracing is off or already stopped.
 */
export async function shutdownTelemetry(): Promise<void> {
  const sdk = running;
  running = undefined;
  if (sdk !== undefined) await withinPatience(sdk.shutdown(), "spans");
}

/** Waits 5 s for the last of what is sent to a collector, and never rejects. */
export async function withinPatience(sent: Promise<void>, what: string): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    diag.warn(`the collector does not answer: the last ${what} are lost`);
    resolve();
  }, 5000);
  // The SDK rejects with an Error or with an array of them.
  const flushed = sent.catch((error: unknown) => {
    diag.warn(`the last ${what} could not be sent`, String(error));
  });
  await Promise.race([flushed, late]);
  clearTimeout(timer);
}
