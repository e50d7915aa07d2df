import { sql } from "kysely";
import { expect, test } from "vitest";
import { useEmptyTables } from "../testing/database.js";

const database = useEmptyTables(1);

test("the server notices within a minute that a client is gone without a word", async () => {
  const { rows } = await sql`SELECT current_setting('tcp_keepalives_idle')::integer
      + current_setting('tcp_keepalives_interval')::integer * current_setting('tcp_keepalives_count')::integer AS seconds,
    current_setting('idle_in_transaction_session_timeout') AS idle`.execute(database());
  expect(rows).toEqual([{ seconds: 60, idle: "1min" }]);
});
