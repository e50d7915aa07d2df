import type { FileHandle } from "node:fs/promises";
import { zstdCompressSync } from "node:zlib";
import type { RetiredReport } from "@cc-ingest/database";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { columnNames, schema } from "./schema.js";

/** Writes node states as Parquet, each part a row group: no more than one part is held in memory. */
export async function writeParquet(
  file: FileHandle,
  parts: AsyncIterable<readonly RetiredReport[]>,
): Promise<void> {
  const bytes = new ByteWriter();
  const flush = async (): Promise<void> => {
    await file.writeFile(bytes.getBytes());
    bytes.index = 0;
  };
  const parquet = new ParquetWriter({
    writer: bytes,
    schema: [...schema],
    codec: "ZSTD",
    compressors: { ZSTD: (page) => zstdCompressSync(page) },
    createdBy: "cc-ingest",
  });
  for await (const rows of parts) {
    const columnData = columnNames.map((name) => ({ name, data: rows.map((row) => row[name]) }));
    await parquet.write({ columnData, rowGroupSize: rows.length });
    await flush();
  }
  await parquet.finish();
  await flush();
}
