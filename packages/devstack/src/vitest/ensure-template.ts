import { createDatabase, dropDatabase, withClient } from "../postgres/databases.js";

/**
 * Makes and migrates database `template` unless it is there, while no other process makes it. It gets its name when
 * it is complete, so that a migration that fails leaves nothing that looks like a template.
 */
export async function ensureTemplate(
  adminUrl: string,
  template: string,
  migrate: (url: string) => Promise<void>,
): Promise<void> {
  await withClient(adminUrl, async (client) => {
    await client.query("select pg_advisory_lock(hashtext($1))", [template]);
    const found = await client.query("select from pg_database where datname = $1", [template]);
    if (found.rowCount !== 0) {
      return;
    }
    const draft = `${template}_draft`;
    await dropDatabase(adminUrl, draft);
    await migrate(await createDatabase(adminUrl, draft));
    await client.query(
      `alter database ${client.escapeIdentifier(draft)} rename to ${client.escapeIdentifier(template)}`,
    );
  });
}
