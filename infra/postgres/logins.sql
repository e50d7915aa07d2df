-- Logins of the three roles for infra/compose.yaml, all with the password of POSTGRES_PASSWORD. psql 15 or newer.
\getenv password POSTGRES_PASSWORD
CREATE ROLE migrator LOGIN PASSWORD :'password' IN ROLE cc_ingest_owner;
CREATE ROLE ingest LOGIN PASSWORD :'password' IN ROLE cc_ingest_service;
CREATE ROLE grafana LOGIN PASSWORD :'password' IN ROLE cc_ingest_reader;
-- Dashboards ask for little of many rows: compiling their queries would take longer than answering them.
ALTER ROLE grafana SET jit = off;
