import type { Grant } from "./grant.js";

export interface PasswordUser {
  readonly user: string;
  readonly password: string;
  readonly grant: Grant;
}

/** For a nats-server's configuration file: users with passwords and permissions, and nobody else. */
export function renderAuthorization(users: readonly PasswordUser[]): string {
  return `authorization {\n  users: [\n${users.map(render).join("\n")}\n  ]\n}`;
}

/** Strings are written as JSON, which the server's configuration language reads the same. */
function render({ user, password, grant }: PasswordUser): string {
  const { publish, subscribe, answers } = grant;
  const list = (subjects: readonly string[]): string =>
    subjects.length === 0
      ? `{ deny: [">"] }`
      : `{ allow: [${subjects.map((subject) => `\n          ${JSON.stringify(subject)}`).join("")}\n      ] }`;
  return `    { user: ${JSON.stringify(user)}, password: ${JSON.stringify(password)}, permissions: {
      publish: ${list(publish)}
      subscribe: ${list(subscribe)}${answers ? "\n      allow_responses: true" : ""}
    } }`;
}
