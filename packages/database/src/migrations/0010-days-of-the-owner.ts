import { type Kysely, sql } from "kysely";

/**
 * Partitions of `node_state` come and go by functions that run with the rights of the tables' owner, so that services need not own
 * anything. Each does one thing to one day; its search path is fixed, or a caller could have it act on tables of his own.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ schema: string }>`SELECT current_schema() AS schema`.execute(db);
  const path = sql`${sql.id(rows[0]?.schema ?? "public")}, pg_temp`;
  await sql`ALTER FUNCTION ensure_node_state_partition(date) SECURITY DEFINER SET search_path = ${path}`.execute(
    db,
  );
  await sql`
    CREATE FUNCTION retire_node_state_day(day date, tag text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${path} AS $$
    DECLARE
      partition text := 'node_state_' || to_char(day, 'YYYYMMDD');
      retired text := 'node_state_retired_' || to_char(day, 'YYYYMMDD') || '_' || tag;
    BEGIN
      IF tag !~ '^[0-9a-f]{12}$' THEN
        RAISE EXCEPTION 'a tag is 12 hexadecimal digits' USING ERRCODE = 'invalid_parameter_value';
      END IF;
      EXECUTE format('ALTER TABLE node_state DETACH PARTITION %I', partition);
      EXECUTE format('ALTER TABLE %I RENAME TO %I', partition, retired);
      IF to_regrole('cc_ingest_service') IS NOT NULL THEN
        EXECUTE format('GRANT SELECT ON %I TO cc_ingest_service', retired);
      END IF;
      RETURN retired;
    END $$`.execute(db);
  await sql`
    CREATE FUNCTION drop_retired_node_state(day date, tag text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${path} AS $$
    BEGIN
      IF tag !~ '^[0-9a-f]{12}$' THEN
        RAISE EXCEPTION 'a tag is 12 hexadecimal digits' USING ERRCODE = 'invalid_parameter_value';
      END IF;
      EXECUTE format('DROP TABLE %I', 'node_state_retired_' || to_char(day, 'YYYYMMDD') || '_' || tag);
    END $$`.execute(db);
  // Whoever may connect could otherwise make partitions and drop days.
  await sql`REVOKE EXECUTE ON FUNCTION ensure_node_state_partition(date), retire_node_state_day(date, text),
    drop_retired_node_state(date, text) FROM PUBLIC`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP FUNCTION drop_retired_node_state(date, text)`.execute(db);
  await sql`DROP FUNCTION retire_node_state_day(date, text)`.execute(db);
  await sql`GRANT EXECUTE ON FUNCTION ensure_node_state_partition(date) TO PUBLIC`.execute(db);
  await sql`ALTER FUNCTION ensure_node_state_partition(date) SECURITY INVOKER RESET search_path`.execute(db);
}
