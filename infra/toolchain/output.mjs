/** A reason to stop that the user can understand and mend: its message is printed without a stack trace. */
export class Failure extends Error {}

export function say(line) {
  process.stderr.write(`${line}\n`);
}
