export { CertificateAuthority, type Certificate } from "./certificate-authority.js";
export { buildGoProgram, type GoProgram } from "./go-program.js";
export { type Login, createLogin } from "./login.js";
export type { ProvidedPostgres } from "./provided.js";
export { useTempDirectory } from "./temp-directory.js";
export { useDatabase, type UseDatabaseOptions } from "./use-database.js";
export { useNats } from "./use-nats.js";
