const INTERVAL_MS = 500;

/**
 * Calls `onGone` once npm is no more, which cannot pass on a signal that kills it. (The scripts in package.json say
 * `exec` so that npm is the parent: a shell between them would die of a signal and leave this process behind.)
 * Answers a function that ends the watch.
 */
export function watchNpm(onGone) {
  if (process.env.npm_lifecycle_event === undefined) {
    return () => {};
  }
  const npm = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== npm) {
      clearInterval(timer);
      onGone();
    }
  }, INTERVAL_MS);
  return () => clearInterval(timer);
}
