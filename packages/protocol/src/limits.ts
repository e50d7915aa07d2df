/** Bounds on what one message may ask of the decoder. A breach is reported with its code before memory is spent. */
export interface Limits {
  /** Bytes of the whole input. */
  readonly messageBytes: number;
  /** Entries (lines that are neither blank nor comment) in one input. */
  readonly lines: number;
  /** Tags of one line. */
  readonly tags: number;
  /** Fields of one line. */
  readonly fields: number;
  /** Nesting of the JSON payload: a flat object is 1. */
  readonly jsonDepth: number;
  /** Elements of one JSON array, or keys of one JSON map. */
  readonly jsonItems: number;
  /** UTF-8 bytes of one string that ends in an indexed column: names of clusters, hosts, users, tags. */
  readonly identifierBytes: number;
}

/**
 * Defaults: wide enough for a 9,216-node state message (1.3 MB), narrow enough that three identifiers fit one
 * Postgres B-tree entry (2,704 bytes).
 */
export const defaultLimits: Limits = {
  messageBytes: 8 * 1024 * 1024,
  lines: 10_000,
  tags: 256,
  fields: 256,
  jsonDepth: 16,
  jsonItems: 65_536,
  identifierBytes: 512,
};

export function withDefaults(limits: Partial<Limits> | undefined): Limits {
  return limits === undefined ? defaultLimits : { ...defaultLimits, ...limits };
}
