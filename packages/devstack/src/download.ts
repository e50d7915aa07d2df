import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const STALL_MS = 15_000;

export interface Download {
  readonly url: string;
  readonly sha256: string;
  readonly file: string;
  /** Until the answer's head has come; the body may take longer as long as it keeps coming. */
  readonly timeoutMs: number;
  readonly onProgress: (message: string) => void;
}

/** Fetches `url` into `file`; rejects when it does not answer in time, stalls, or its checksum is another. */
export async function download({ url, sha256, file, timeoutMs, onProgress }: Download): Promise<void> {
  const abort = new AbortController();
  let timer = setTimeout(() => {
    abort.abort(new Error(`no answer in ${timeoutMs / 1000} s`));
  }, timeoutMs);
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || response.body === null) {
      throw new Error(`HTTP status ${response.status}`);
    }
    const size = Number(response.headers.get("content-length") ?? 0);
    onProgress(`Downloading ${url}${size > 0 ? ` (${(size / 1e6).toFixed(1)} MB)` : ""}`);
    const hash = createHash("sha256");
    await pipeline(
      Readable.fromWeb(response.body),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          clearTimeout(timer);
          timer = setTimeout(() => {
            abort.abort(new Error(`the download stalled for ${STALL_MS / 1000} s`));
          }, STALL_MS);
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(file),
      { signal: abort.signal },
    );
    const found = hash.digest("hex");
    if (found !== sha256) {
      throw new Error(`${url} has the checksum ${found} instead of ${sha256}`);
    }
  } catch (error) {
    throw abort.signal.aborted && abort.signal.reason instanceof Error ? abort.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}
