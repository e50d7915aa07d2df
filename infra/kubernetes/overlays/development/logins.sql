-- After roles.sql: the logins of the development overlay.
CREATE ROLE migrator LOGIN PASSWORD 'development-migrator' IN ROLE cc_ingest_owner;
CREATE ROLE ingest LOGIN PASSWORD 'development-ingest' IN ROLE cc_ingest_service;
CREATE ROLE reader LOGIN PASSWORD 'development-reader' IN ROLE cc_ingest_reader;
ALTER ROLE reader SET jit = off;
