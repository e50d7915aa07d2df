export type { ProvidedPostgres } from "./provided.js";
export { useDatabase, type UseDatabaseOptions } from "./use-database.js";
export { useNats } from "./use-nats.js";
