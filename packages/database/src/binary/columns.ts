import { type RawBuilder, sql } from "kysely";
import { ArrayWriter } from "./array-writer.js";
import { BinaryWriter, type ElementType, type Value, elementTypes } from "./binary-writer.js";

/** One column of a multi-row statement: its name, its type, and where its value comes from. `undefined` becomes NULL. */
export interface Column<Row> {
  readonly name: string;
  readonly type: ElementType;
  readonly value: (row: Row) => Value;
}

/** What COPY's binary format begins and ends with. Source: PostgreSQL's documentation of COPY. */
const COPY_HEADER = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
const COPY_TRAILER = -1;

/**
 * A set of columns that one statement takes for any number of rows. The statement's text is the same whatever the number of
 * rows, so it is prepared once.
 */
export class Columns<Row> {
  /** The names, for INSERT lists and SELECT lists. */
  readonly names: RawBuilder<unknown>;
  /** `name = input.name, …` for UPDATE … SET. */
  readonly assignments: RawBuilder<unknown>;
  /** `name = excluded.name, …` for ON CONFLICT … DO UPDATE SET. */
  readonly excluded: RawBuilder<unknown>;
  readonly #columns: readonly Column<Row>[];
  readonly #alias: string;

  constructor(columns: readonly Column<Row>[]) {
    const names = columns.map(({ name }) => name);
    this.#columns = columns;
    this.#alias = `input (${names.join(", ")})`;
    this.names = sql.raw(names.join(", "));
    this.assignments = sql.raw(names.map((name) => `${name} = input.${name}`).join(", "));
    this.excluded = sql.raw(names.map((name) => `${name} = excluded.${name}`).join(", "));
  }

  /** These rows as a FROM item with the alias `input`: an array parameter for each column. */
  rows(rows: readonly Row[]): RawBuilder<unknown> {
    const arrays = this.#columns.map(({ type, value }) => {
      const writer = new ArrayWriter(type, rows.length);
      for (const row of rows) writer.add(value(row));
      return sql`${writer.finish()}::${sql.raw(type)}[]`;
    });
    return sql`unnest(${sql.join(arrays)}) AS ${sql.raw(this.#alias)}`;
  }

  /** These rows as `COPY … FROM STDIN (FORMAT binary)` reads them. */
  copyData(rows: readonly Row[]): Buffer {
    const columns = this.#columns;
    const rowBytes = columns.reduce((sum, { type }) => sum + 4 + elementTypes[type].size, 2);
    const writer = new BinaryWriter(COPY_HEADER.length + rows.length * rowBytes + 2);
    writer.raw(COPY_HEADER);
    for (const row of rows) {
      writer.int16(columns.length);
      for (const { type, value } of columns) writer.value(type, value(row));
    }
    writer.int16(COPY_TRAILER);
    return writer.bytes;
  }
}
