import { mkdir, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

/**
 * Puts a lock on a stack as Pulumi does.
 * @param folder the checkout.
 * @returns the path of its file.
 */
export async function leaveLock(folder: string, stack: string, pid: number, host = hostname()): Promise<string> {
  const locks = join(folder, ".state/.pulumi/locks/organization/todo-stack", stack);
  await mkdir(locks, { recursive: true });
  const lock = { pid, username: "somebody", hostname: host, timestamp: "2026-01-02T03:04:05Z" };
  const file = join(locks, "0123.json");
  await writeFile(file, JSON.stringify(lock));
  return file;
}
