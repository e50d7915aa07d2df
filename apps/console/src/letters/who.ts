import { userInfo } from "node:os";
import type { Principal } from "@cc-ingest/web";

/** Who is named in the audit trail: the login of the token; without tokens, whoever runs the console, since only this machine is let in. */
export function whoAnswers({ user, authenticated }: Pick<Principal, "user" | "authenticated">): string {
  return authenticated ? user : `${userOfMachine()} (console without sign-in)`;
}

/** A container may run under a number that no name belongs to. */
function userOfMachine(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
