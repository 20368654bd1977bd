import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** How long Pulumi may take to write one, in milliseconds, and much longer. */
const settled = 10_000;

/**
 * Removes what Pulumi has noted about files of its state, and what a power cut has cut off. It writes these notes in
 * place, reads nothing where one of them is damaged, and does without one that is not there.
 * @param state the folder `.state`.
 */
export const removeDamagedAttributes = (state: string): void => {
  const own = join(state, ".pulumi");
  for (const folder of [own, join(own, "stacks", "todo-stack")]) {
    for (const name of namesIn(folder)) {
      if (name.endsWith(".attrs") && isDamaged(join(folder, name))) rmSync(join(folder, name), { force: true });
    }
  }
};

const isDamaged = (file: string): boolean => {
  try {
    if (Math.abs(Date.now() - statSync(file).mtimeMs) < settled) return false;
    const text = readFileSync(file, "utf8");
    try {
      JSON.parse(text);
      return false;
    } catch {
      return true;
    }
  } catch {
    // Gone at this moment, or not to be read: Pulumi itself says so.
    return false;
  }
};

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};
