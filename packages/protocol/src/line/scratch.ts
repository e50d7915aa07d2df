/** Larger buffers are not kept between messages, so one huge message does not raise the memory for good. */
const keptBytes = 1024 * 1024;

let kept = new Uint8Array(0);

/**
 * A buffer of at least `size` bytes, valid until the next call. Decoders copy what they return out of it, so it can
 * be shared by all of them.
 */
export function scratchOf(size: number): Uint8Array {
  if (size > keptBytes) {
    return new Uint8Array(size);
  }
  if (kept.length < size) {
    kept = new Uint8Array(Math.min(keptBytes, Math.max(4096, size * 2)));
  }
  return kept;
}
