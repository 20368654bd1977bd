import process from "node:process";
import { styleText } from "node:util";

/** Prints one line of a source. */
export type Print = (source: string, text: string) => void;

const colours = ["cyan", "magenta", "green", "yellow", "blue", "redBright", "greenBright", "magentaBright"] as const;
const width = 14;

/** Makes what prints lines of many sources in one stream, each source in a colour of its own. */
export const printer = (output: NodeJS.WriteStream = process.stdout): Print => {
  const seen = new Map<string, (typeof colours)[number]>();
  return (source, text) => {
    const colour = seen.get(source) ?? colours[seen.size % colours.length] ?? "cyan";
    seen.set(source, colour);
    output.write(`${styleText(colour, `${source.padEnd(width)} │`, { stream: output })} ${text.trimEnd()}\n`);
  };
};
