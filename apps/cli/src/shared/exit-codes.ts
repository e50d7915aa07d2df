/** How ccingest ends; scripts may rely on it. The services end with the same codes. */
export const exitCodes = {
  done: 0,
  /** Something that should work did not: a server can't be reached, a service died. Trying again may help. */
  failed: 1,
  /** The command line, the configuration or the input is wrong. */
  mistake: 2,
  /** The broker or the database needs a person: a stream is missing, the schema is too old, a permission lacks. */
  needsPerson: 3,
  /** The broker does not let us in, or we don't trust it: credentials or certificates need a person. */
  refusedByBroker: 4,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
