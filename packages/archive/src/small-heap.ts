import { setFlagsFromString } from "node:v8";

const small = ["--heap-growing-percent=20", "--semi-space-growth-factor=1"];
/** V8's defaults: the first leaves it to its own judgement. */
const usual = ["--heap-growing-percent=0", "--semi-space-growth-factor=2"];

let running = 0;

/**
 * While this works V8 keeps its young generation as it is, and collects the old one when it has grown by a fifth. By its own judgement
 * it lets both grow the faster garbage comes, and a process that writes Parquet takes twice the memory.
 */
export async function withSmallHeap<T>(work: () => Promise<T>): Promise<T> {
  if (running++ === 0) for (const flag of small) setFlagsFromString(flag);
  try {
    return await work();
  } finally {
    if (--running === 0) for (const flag of usual) setFlagsFromString(flag);
  }
}
