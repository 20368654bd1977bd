import { stripVTControlCharacters } from "node:util";

/** Lays rows of cells out in columns. Colours do not count as width. */
export const table = (rows: string[][]): string => {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) => Math.max(...rows.map((row) => width(row[column] ?? ""))));
  return rows
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};

const pad = (cell: string, to: number): string => cell + " ".repeat(to - width(cell));

const width = (text: string): number => stripVTControlCharacters(text).length;
