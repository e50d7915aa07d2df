import { type TSchema, Type } from "typebox";

/** What is closed, so that a misspelt member is an error. */
export const closed = { additionalProperties: false } as const;

export const ErrorAnswerSchema = Type.Object({
  status: Type.String({ description: "The status code in words." }),
  error: Type.String({ description: "What is wrong." }),
});

export const Success = Type.Object({ msg: Type.Literal("success") }, closed);

/** Unix seconds, up to what JSON numbers hold exactly. */
export const unixSeconds = (description: string) =>
  Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description });

/** An int64 in a path or query: as text, which keeps it exact. */
export const int64Text = (description: string) => Type.String({ pattern: "^[0-9]{1,18}$", description });

export const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

export const itemsPerPage = (most: number, usual: number) =>
  Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: most,
      default: usual,
      description: `1 to ${most}, default ${usual}`,
    }),
  );

export const next = nullable(
  Type.String({ description: "What to give as after for the next page; null on the last one." }),
);
