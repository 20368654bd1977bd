import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { backendUrl, checkout } from "../machine/paths.ts";
import { writeWhole } from "../machine/private-files.ts";
import { workspaceFile } from "./stack-files.ts";

/**
 * Selects the stack that was selected before a checkout was moved. Pulumi remembers it by the path of the checkout, and
 * by that of its state.
 */
export const followMove = (folder: string = checkout): void => {
  const file = workspaceFile(folder);
  const workspaces = join(file, "..");
  if (existsSync(file) || !existsSync(workspaces)) return;
  const others = readdirSync(workspaces)
    .filter((name) => name.startsWith("todo-stack-") && name.endsWith("-workspace.json") && name !== basename(file))
    .map((name) => join(workspaces, name))
    .toSorted((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs);
  const [last] = others;
  if (last === undefined) return;
  const settings = JSON.parse(readFileSync(last, "utf8")) as { stacks?: Record<string, string> };
  const [stack] = Object.values(settings.stacks ?? {});
  if (stack !== undefined) {
    const stacks = { [backendUrl(join(folder, ".state"))]: stack };
    writeWhole(file, JSON.stringify({ ...settings, stacks }));
  }
  // Left there, the next one would be taken once this stack is removed.
  for (const other of others) rmSync(other);
};
