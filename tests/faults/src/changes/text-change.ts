/** What is changed of a built module as it is loaded, in one process of a test. */
export interface TextChange {
  /** The end of the module's path. */
  readonly file: string;
  /** Must stand in it exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** Where `change-texts.ts` is told of its changes, as JSON. */
export const CHANGES_VARIABLE = "TEXT_CHANGES";

/** What it says on standard error of each change it has made. */
export const changedLine = ({ file, find }: TextChange): string => `changed ${file}: ${JSON.stringify(find)}`;

export const before = (file: string, find: string, inserted: string): TextChange => ({
  file,
  find,
  replace: `${inserted}\n${find}`,
});

export const after = (file: string, find: string, inserted: string): TextChange => ({
  file,
  find,
  replace: `${find}\n${inserted}`,
});
