import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** How many updates of a stack stay in its history, and how many copies of its state beside it. */
const kept = 100;

/** The time at which Pulumi has written a file, in nanoseconds since 1970: it stands in the file's name. */
const timeIn = (name: string): string | undefined => /[-.](\d{19})\./.exec(name)?.[1];

/**
 * Removes the oldest updates from the history of a stack, and the oldest copies of its state. Pulumi adds to both with
 * each update, and never removes any.
 * @param folder of Pulumi's state, `.state`.
 */
export const trimHistory = (folder: string, stack: string): void => {
  for (const part of ["history", "backups"]) trim(join(folder, ".pulumi", part, "todo-stack", stack));
};

const trim = (folder: string): void => {
  const names = namesIn(folder);
  const times = new Set(names.flatMap((name) => timeIn(name) ?? []));
  // All have as many digits, so that their order is that of the texts.
  const old = new Set([...times].toSorted().slice(0, -kept));
  for (const name of names) if (old.has(timeIn(name) ?? "")) rmSync(join(folder, name), { force: true });
};

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    // Nothing was updated yet. What cannot be read is not worth failing for: Pulumi itself will say so.
    return [];
  }
};
