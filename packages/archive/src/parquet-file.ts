import type { FileHandle } from "node:fs/promises";
import { zstdCompressSync } from "node:zlib";
import type { RetiredReport } from "@cc-ingest/database";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { RowGroup } from "./row-group.js";
import { schema } from "./schema.js";

/** Rows in a row group: readers skip and share out by these, and one of them is in memory here. */
const ROW_GROUP = 32_768;

/** Writes node states as Parquet. */
export async function writeParquet(
  file: FileHandle,
  parts: AsyncIterable<readonly RetiredReport[]>,
): Promise<void> {
  const bytes = new ByteWriter();
  const parquet = new ParquetWriter({
    writer: bytes,
    schema: [...schema],
    codec: "ZSTD",
    compressors: { ZSTD: (page) => zstdCompressSync(page) },
    createdBy: "cc-ingest",
  });
  const flush = async (): Promise<void> => {
    await file.writeFile(bytes.getBytes());
    bytes.index = 0;
  };
  const group = new RowGroup(ROW_GROUP);
  const writeGroup = async (): Promise<void> => {
    await parquet.write({ columnData: group.take(), rowGroupSize: ROW_GROUP });
    await flush();
  };
  for await (const rows of parts)
    for (const row of rows) {
      group.add(row);
      if (group.isFull) await writeGroup();
    }
  if (!group.isEmpty) await writeGroup();
  await parquet.finish();
  await flush();
}
