import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import pg from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";

/** The rows of a table as COPY writes them. */
export async function copyOut(url: string, table: string): Promise<Buffer> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const chunks: Buffer[] = [];
  for await (const chunk of client.query(copyTo(`COPY ${table} TO STDOUT`))) chunks.push(chunk as Buffer);
  await client.end();
  return Buffer.concat(chunks);
}

/** Writes them back over one connection and gives the seconds it took. */
export async function copyIn(url: string, table: string, rows: Buffer): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const chunks = Array.from({ length: Math.ceil(rows.length / 65_536) }, (_, i) =>
    rows.subarray(i * 65_536, (i + 1) * 65_536),
  );
  const begin = performance.now();
  await pipeline(Readable.from(chunks), client.query(copyFrom(`COPY ${table} FROM STDIN`)));
  const seconds = (performance.now() - begin) / 1000;
  await client.end();
  return seconds;
}
