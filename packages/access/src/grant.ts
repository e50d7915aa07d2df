/** What a user of the broker may do; everything else is refused. */
export interface Grant {
  /** Subjects, which may hold wildcards. */
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  /** Whether it may answer a request, once, wherever the asker wants the answer. */
  readonly answers: boolean;
}

/** A person's: everything in the account. */
export const unrestricted: Grant = { publish: [">"], subscribe: [">"], answers: false };
