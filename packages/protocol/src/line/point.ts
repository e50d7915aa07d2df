/** The value of a field, with the kind it is written in. */
export type FieldValue =
  | { readonly kind: "float"; readonly value: number }
  /** int64, written with the suffix `i`. */
  | { readonly kind: "integer"; readonly value: bigint }
  /** uint64, written with the suffix `u`. */
  | { readonly kind: "unsigned"; readonly value: bigint }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "string"; readonly value: string };

/** One entry of line protocol. */
export interface Point {
  readonly measurement: string;
  /** The tag set, sorted by the UTF-8 bytes of the keys; no key occurs twice. */
  readonly tags: ReadonlyArray<readonly [key: string, value: string]>;
  /** The field set in the order of the line. A key that occurs twice stands here twice; readers take the last. */
  readonly fields: ReadonlyArray<readonly [key: string, value: FieldValue]>;
  /** Nanoseconds since 1970-01-01T00:00:00Z (int64), or undefined when the line has none. */
  readonly timestamp: bigint | undefined;
}

/** The unit timestamps are written in. `auto` tells it by magnitude. */
export type Precision = "ns" | "us" | "ms" | "s" | "auto";
