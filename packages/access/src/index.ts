export { isAtLeast, isRecommended } from "./broker-version.js";
export type { BrokerNames, LifecycleNames, WorkerNames } from "./broker-names.js";
export { type Grant, unrestricted } from "./grant.js";
export { inboxPrefix } from "./inbox-prefix.js";
export { permissionTable } from "./permission-table.js";
export { type PasswordUser, renderAuthorization } from "./server-users.js";
export {
  type UserName,
  administrator,
  grants,
  lifecycleDurable,
  producerGrant,
  recoveryDurable,
  statsSubject,
  userNames,
} from "./users.js";
