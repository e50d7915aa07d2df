export { ArchiveError } from "./archive-error.js";
export { archiveOf } from "./parquet-archive.js";
