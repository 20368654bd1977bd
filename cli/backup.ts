import { stat } from "node:fs/promises";
import { confirmed } from "../data/confirm.ts";
import { Database } from "../data/cluster-database.ts";
import { allowChanges, checkDump, replaceBy, saveInto, sizeOf } from "../data/dump.ts";
import { UsageError } from "./command-line.ts";
import { forgetKept, readKept } from "../data/kept-backup.ts";
import { asTyped, checkout } from "../machine/paths.ts";
import { mustBeFree } from "../state/stack-locks.ts";
import { stackName } from "../state/stack.ts";

/**
 * Writes all data of the stack into a new file, which only the user can read.
 * @returns the exit code.
 */
export const backup = async (): Promise<number> => {
  const path = await saveInto(await Database.open(), stackName());
  const name = asTyped(path);
  console.log(`Wrote ${name} (${sizeOf((await stat(path)).size)}). To go back to it: npm run restore -- ${name}`);
  return 0;
};

/**
 * Replaces all data of the stack with that of a backup: all of it or nothing.
 * @param path file that {@link backup} wrote.
 * @param sure true to do it without a question.
 * @returns the exit code.
 * @throws UserError when the file is no backup, the database does not answer, or Pulumi is at work on the stack.
 */
export const restore = async (path: string | undefined, sure: boolean): Promise<number> => {
  if (path === undefined) throw new UsageError("Which backup?", "Type: npm run restore -- backups/FILE");
  await checkDump(path);
  const database = await Database.open();
  if (!sure && !(await confirmed(`All data of the stack ${stackName()} is replaced by ${path}.`))) return 1;
  mustBeFree(checkout, stackName(), "Nothing was changed.");
  if (readKept(stackName()) !== undefined) {
    // Before anything is written to these data, which the backup of a run that was killed would then replace.
    forgetKept(stackName());
    await allowChanges(database);
  }
  await replaceBy(database, path);
  await database.restartBackend();
  console.log(`The stack ${stackName()} has the data of ${path}.`);
  return 0;
};
