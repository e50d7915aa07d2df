import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Shorter ones stand in ordinary words. */
const SHORTEST = 8;

/**
 * In a run of all tests, keeps what a process has put out, and the secrets it was given; the run looks for these in all outputs when it
 * is over. Elsewhere does nothing. `output`: all but what shows secrets on purpose.
 */
export function recordOutput(name: string, env: Readonly<Record<string, string>>, output: string): void {
  const directory = process.env["CC_INGEST_OUTPUTS"];
  if (directory === undefined || directory === "") return;
  const secrets = secretsIn(env).filter((secret) => secret.length >= SHORTEST);
  const file = join(directory, `${name}-${randomBytes(6).toString("hex")}.json`);
  writeFileSync(file, JSON.stringify({ name, secrets, output }), { mode: 0o600 });
}

/** Passwords in addresses, what is named a password or a token, and the seeds in credentials files. */
function secretsIn(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (/(PASSWORD|TOKEN)$/.test(name)) return [value];
    if (/^NATS_(CREDS|NKEY_SEED)_FILE$/.test(name)) return seedsIn(value);
    return [...value.matchAll(/:\/\/[^/\s:@]*:([^@\s]+)@/g)].map(([, password = ""]) =>
      decodeURIComponent(password),
    );
  });
}

function seedsIn(file: string): string[] {
  try {
    return readFileSync(file, "utf8").match(/^SU[A-Z2-7]{50,}$/gm) ?? [];
  } catch {
    return [];
  }
}
