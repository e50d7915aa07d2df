-- The three roles of a cc-ingest database, for an administrator (a superuser, or one who may create roles and owns the database):
--
--   psql -d cc_ingest -f roles.sql
--
-- and then logins of your own, which become members:
--
--   CREATE ROLE migrator LOGIN PASSWORD '…' IN ROLE cc_ingest_owner;    -- ccingest migrate
--   CREATE ROLE ingest   LOGIN PASSWORD '…' IN ROLE cc_ingest_service;  -- ingest-jobs, ingest-nodestate, ccingest dead-letters, retention, replay
--   CREATE ROLE grafana  LOGIN PASSWORD '…' IN ROLE cc_ingest_reader;   -- dashboards, ccingest status
--   ALTER ROLE grafana SET jit = off;  -- compiling what dashboards ask takes longer than answering it
--
-- "ccingest migrate" makes the tables as cc_ingest_owner and gives the others what they need, now and after each migration. May be run
-- again, and in a database that is in use: what somebody else owns of cc-ingest becomes cc_ingest_owner's; migrate once more then.

DO $$
DECLARE
  role text;
  object record;
BEGIN
  FOREACH role IN ARRAY ARRAY['cc_ingest_owner', 'cc_ingest_service', 'cc_ingest_reader'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', role);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), role);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), role);
  END LOOP;
  EXECUTE format('GRANT CREATE ON SCHEMA %I TO cc_ingest_owner', current_schema());

  FOR object IN
    SELECT format('%I.%I', current_schema(), relname) AS name, CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END AS kind
    FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v')
      AND pg_get_userbyid(relowner) <> 'cc_ingest_owner'
      AND (relname ~ '^node_state_([0-9]{8}|retired_[0-9]{8}_[0-9a-f]+)$' OR relname IN ('job', 'tag', 'jobtag',
        'job_usage', 'job_usage_change', 'parked_stop', 'start_message', 'ingest_lock', 'node', 'node_state', 'node_state_change',
        'nodes_per_state_delta', 'node_allocation', 'dead_letter', 'dead_letter_action', 'lone_attempt', 'watermark',
        'kysely_migration', 'kysely_migration_lock'))
  LOOP
    EXECUTE format('ALTER %s %s OWNER TO cc_ingest_owner', object.kind, object.name);
  END LOOP;
  FOR object IN
    SELECT oid::regprocedure AS name FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace AND pg_get_userbyid(proowner) <> 'cc_ingest_owner'
      AND proname IN ('ensure_node_state_partition', 'retire_node_state_day', 'drop_retired_node_state',
        'node_down_time', 'nodes_per_state', 'node_hours', 'mark_job_usage')
  LOOP
    EXECUTE format('ALTER FUNCTION %s OWNER TO cc_ingest_owner', object.name);
  END LOOP;
END $$;
