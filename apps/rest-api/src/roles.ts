import type { Role } from "@cc-ingest/web";

/** All jobs and nodes of all users are shown. */
export const readingRoles: readonly Role[] = ["api", "support", "admin"];
export const writingRoles: readonly Role[] = ["api", "admin"];
