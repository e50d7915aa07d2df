import type { Query } from "../model/query.js";

/** As provisioning/datasources names them. */
export const sources = {
  prometheus: { type: "prometheus", uid: "cc-ingest-prometheus" },
  postgres: { type: "grafana-postgresql-datasource", uid: "cc-ingest-postgres" },
} as const satisfies Record<Query["source"], unknown>;
