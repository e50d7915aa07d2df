/** One thing that is wrong (or only doubtful, in a warning), where it stands, and how to mend it. */
export interface Problem {
  /** For example `config.json: nats.address` or `environment: NATS_URL`. */
  readonly place: string;
  /** What is wrong and the mend, on one line; never holds a secret value. */
  readonly message: string;
}

/** One line per problem, `place: message`, without a trailing newline. */
export function formatProblems(problems: readonly Problem[]): string {
  return problems.map(({ place, message }) => `${place}: ${message}`).join("\n");
}
