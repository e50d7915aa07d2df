import type { JobEvent, PreparedEvent } from "./model.js";

/** Gives each start event its digest. Pure. */
export function prepareJobEvent(event: JobEvent, index: number): PreparedEvent {
  const redelivered = event.redelivered === true;
  if (event.kind === "stop_job") return { kind: "stop_job", redelivered, stop: event.stop };
  const { job, eventTime, raw } = event;
  return { kind: "start_job", redelivered, start: { job, eventTime, digest: digestOf(raw), index } };
}

const TWO_POW_21 = 2_097_152;

/**
 * 53 bits, as a number holds them exactly, that differ for different bytes: two FNV-1a hashes side by side, over words of four
 * bytes because every byte of every start passes here. They only break ties between two different starts of one run that claim
 * the same time, so nothing stronger is needed.
 */
function digestOf(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let a = 0x811c9dc5;
  let b = 0xcbf29ce4;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    const word = view.getUint32(at);
    a = Math.imul(a ^ word, 0x01000193) ^ (a >>> 15);
    b = Math.imul(b ^ word, 0x01000197) ^ (b >>> 13);
  }
  for (; at < bytes.length; at++) {
    const byte = view.getUint8(at);
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x01000197);
  }
  return (a >>> 0) * TWO_POW_21 + (b >>> 11);
}
