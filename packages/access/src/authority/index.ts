export { Authority, type AuthorityDocuments, type JetStreamLimits, type UserOptions } from "./authority.js";
export { type CredentialsOwner, ownerOf } from "./credentials.js";
