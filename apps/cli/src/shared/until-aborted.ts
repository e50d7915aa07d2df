export async function untilAborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return undefined;
  await new Promise((resolve) => {
    signal.addEventListener("abort", resolve, { once: true });
  });
  return undefined;
}
