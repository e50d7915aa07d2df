import { accept, refuse, textType, type Parsed, type SettingType } from "./setting-type.js";

const form = "write it as postgres://user:password@host:5432/database";

/** Checks the address of a Postgres database. Messages never quote it: it usually holds a password. */
export function parsePostgresUrl(text: string): Parsed<string> {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1]?.toLowerCase();
  if (scheme !== "postgres" && scheme !== "postgresql")
    return refuse(`must begin with postgres:// or postgresql://; ${form}`);
  if (/\s/.test(text)) return refuse("must not contain spaces; write a space in a password as %20");
  // A socket directory is given as ?host=/run/postgresql, with nothing between "@" and "/".
  const url = URL.parse(text.replace("@/", "@localhost/"));
  if (url === null || !/^postgres(ql)?:\/\//i.test(text))
    return refuse(`is not a valid URL; ${form}, with @ : / # ? % in the password percent-encoded`);
  if (url.hash !== "") return refuse(`contains "#"; write it as %23`);
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return refuse(`contains a bare "%"; write it as %25`);
  return accept(text);
}

export const postgresUrl: SettingType<string> = textType(
  "PostgreSQL URL",
  { pattern: "^[Pp][Oo][Ss][Tt][Gg][Rr][Ee][Ss]([Qq][Ll])?://" },
  parsePostgresUrl,
);

/** The files of certificates and keys that a URL names, by the parameter. */
export function filesOf(url: string | undefined): [parameter: string, file: string][] {
  const parameters = URL.parse((url ?? "").replace("@/", "@localhost/"))?.searchParams;
  return ["sslrootcert", "sslcert", "sslkey"].flatMap((name): [string, string][] => {
    const file = parameters?.get(name) ?? "";
    return file === "" || file === "system" ? [] : [[name, file]];
  });
}
