import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../../machine/paths.ts";

/** What stands for the checkout in the documentation. */
export const somewhere = "/path/to/todo-stack";

interface Entry {
  command: string;
  args: string[];
}

/** The commands by which MCP clients start the server, from the JSON and the command lines of docs/operations.md. */
export function serverCommands(): string[][] {
  const text = readFileSync(join(checkout, "docs", "operations.md"), "utf8");
  const blocks = [...text.matchAll(/^```json\n([^]*?)^```$/gm)].map(([, json = ""]) => JSON.parse(json) as object);
  const entries = blocks.flatMap((block) =>
    Object.values(block).flatMap((servers) => Object.values(servers as object)),
  );
  const ofJson = (entries as Entry[]).map(({ command, args }) => [command, ...args]);
  const ofLines = [...text.matchAll(/ mcp add todo-stack -- (.+)$/gm)].map(([, line = ""]) => line.split(" "));
  assert.ok(
    ofJson.length > 0 && ofLines.length > 0,
    "docs/operations.md must have settings as JSON, and command lines",
  );
  return [...ofJson, ...ofLines];
}
