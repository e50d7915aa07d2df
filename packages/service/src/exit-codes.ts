/** How a service ends. Anything else is a crash. */
export const exitCodes = {
  stopped: 0,
  /** The service can't go on, and starting it again may help. */
  failed: 1,
  /** The configuration is wrong: starting it again will not help. */
  badConfiguration: 2,
  /** The broker or the schema needs a person. */
  badEnvironment: 3,
  /** The broker does not let us in, or we don't trust it: credentials or certificates need a person. */
  refusedByBroker: 4,
} as const;
