import type { Grant } from "./grant.js";

/**
 * One line per permission: user, `pub`, `sub` or `resp`, and the subject, with tabs between. `resp` allows answers to requests and
 * has a `-` there. For scripts that make users with `nsc`.
 */
export function permissionTable(users: Readonly<Record<string, Grant>>): string {
  return Object.entries(users)
    .flatMap(([user, { publish, subscribe, answers }]) => [
      ...publish.map((subject) => [user, "pub", subject]),
      ...subscribe.map((subject) => [user, "sub", subject]),
      ...(answers ? [[user, "resp", "-"]] : []),
    ])
    .map((line) => `${line.join("\t")}\n`)
    .join("");
}
