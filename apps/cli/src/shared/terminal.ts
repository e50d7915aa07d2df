import { stripVTControlCharacters, styleText } from "node:util";

type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** `text` in a style where the stream is a terminal; NO_COLOR and FORCE_COLOR are honoured. */
export function styled(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(style, text, { stream });
}

/** What the command was asked for. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What a person wants to know meanwhile; never in the way of a pipe. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Foreign text that can't do anything to a terminal: control characters but the line break are shown as dots. */
export function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n]/gu, "·");
}

/** The same on one line. */
export function oneLine(text: string): string {
  return printable(text).replaceAll("\n", " ");
}

/** Rows with their columns aligned; a number stands at the right of its column. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
  return rows
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function pad(cell: string, width: number): string {
  const blanks = " ".repeat(width - widthOf(cell));
  return /^[~≥]?[\d,.]+$/.test(stripVTControlCharacters(cell)) ? blanks + cell : cell + blanks;
}

function widthOf(cell: string): number {
  return stripVTControlCharacters(cell).length;
}

const grouped = new Intl.NumberFormat("en-US");

/** `1,234,567` */
export function count(value: number | bigint): string {
  return grouped.format(value);
}

/** `200 ms`, `3 s`, `12 min` or `5 h`: whole units, rounded down. */
export function span(seconds: number): string {
  if (seconds < 1) return `${Math.floor(seconds * 1000)} ms`;
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  return seconds < 7_200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}
