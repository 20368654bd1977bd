import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { readIfThere } from "../provider/processes/files.ts";
import { UserError } from "../provider/processes/errors.ts";
import { asTyped, stateFolder } from "../machine/paths.ts";
import { makePrivateFolder, writeOut, writeWhole } from "../machine/private-files.ts";

/**
 * What is written down while the data of a stack are taken along, so that the next run goes on after a kill. As long as
 * it is there, the old database takes no changes: the backup stays complete.
 */
export interface Kept {
  /** The loss to which the backup is the answer, see `Loss.id`. */
  loss: string;
  /** Undefined while the data are being saved. */
  saved?: Saved;
}

/** Data that are saved and not put back yet. */
export interface Saved {
  /** Path of the backup. */
  file: string;
  /** What is in it, in words. */
  contents: string;
  /** The database that was saved, see `DatabaseFacts.system`. */
  system: string;
}

/** Where it is written down. */
export const keptFile = (stack: string, folder: string = stateFolder): string =>
  join(folder, `keep-data-${stack}.json`);

/** The stacks of which something is written down. */
export const keptStacks = (folder: string = stateFolder): string[] =>
  (existsSync(folder) ? readdirSync(folder) : []).flatMap((file) => /^keep-data-(.+)\.json$/.exec(file)?.[1] ?? []);

/** What is written down of a stack; undefined when nothing is being taken along. */
export const readKept = (stack: string, folder?: string): Kept | undefined => {
  const text = readIfThere(keptFile(stack, folder));
  return text === undefined ? undefined : (JSON.parse(text) as Kept);
};

/** Writes it down. */
export const writeKept = (stack: string, kept: Kept, folder?: string): void => {
  const file = keptFile(stack, folder);
  makePrivateFolder(dirname(file));
  writeWhole(file, `${JSON.stringify(kept)}\n`);
};

/** What a person is told of data that are saved and not put back yet; empty when there are none. */
export const waitingToBePutBack = (stack: string, folder?: string): string => {
  const saved = readKept(stack, folder)?.saved;
  return saved === undefined
    ? ""
    : ` Data that are not put back yet stay in ${asTyped(saved.file)} (${saved.contents}).`;
};

/**
 * Makes sure that a stack keeps its name until its data are where they belong: the next run looks for them under that
 * name.
 * @param next what to do instead of that, in a sentence.
 * @throws UserError when a run that takes them along has not come to its end.
 */
export const mustTakeNothingAlong = (stack: string, next: string, folder?: string): void => {
  if (readKept(stack, folder) === undefined) return;
  throw new UserError(
    `The data of the stack ${stack} are being taken along, and that has not finished.` +
      waitingToBePutBack(stack, folder),
    `Nothing was changed. To take them along to the end, type: npx pulumi up --stack ${stack}. ${next}`,
  );
};

/** Forgets it. The backup stays. */
export const forgetKept = (stack: string, folder?: string): void => {
  const file = keptFile(stack, folder);
  if (!existsSync(file)) return;
  rmSync(file);
  writeOut(dirname(file));
};
