/** One thing that is wrong (or only doubtful, in a warning), where it stands, and how to mend it. */
export interface Problem {
  /** For example `config.json: nats.address` or `environment: NATS_URL`. */
  readonly place: string;
  /** What is wrong and the mend, on one line; never holds a secret value. */
  readonly message: string;
}

/** Notes a problem at a path inside a document, such as `subClusters[0].nodes`. */
export type Report = (path: string, message: string) => void;

/** One line per problem, `place: message`, without a trailing newline. */
export function formatProblems(problems: readonly Problem[]): string {
  return problems.map(({ place, message }) => `${place}: ${message}`).join("\n");
}

/** The same problem with control characters escaped: keys, paths and values come from outside. */
export function oneLine({ place, message }: Problem): Problem {
  return { place: escapeControls(place), message: escapeControls(message) };
}

const escapeControls = (text: string): string =>
  text.replace(
    /[\p{Cc}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
