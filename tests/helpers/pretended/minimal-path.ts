import { mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import which from "which";

/**
 * Makes a folder that holds Node and a shell only, to stand in for a PATH without Docker or any other tool.
 * @param more programs that it holds besides.
 */
export async function minimalPath(folder: string, more: string[] = []): Promise<string> {
  const bin = join(folder, ".state", "bin");
  await mkdir(bin, { recursive: true });
  for (const tool of ["node", "sh", "env", ...more]) {
    await rm(join(bin, tool), { force: true });
    await symlink(await which(tool), join(bin, tool));
  }
  return bin;
}
