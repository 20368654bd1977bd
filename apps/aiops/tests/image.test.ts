import { execFile } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const run = promisify(execFile);
const app = join(import.meta.dirname, "..");

it("runs in its image as plain JavaScript, and says what is wrong with its settings", async () => {
  // Where its packages are found.
  const folder = join(app, "node_modules", `.stripped-${process.pid}`);
  try {
    await run(process.execPath, ["strip-types.mjs", "src", folder], { cwd: app });
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".js"));
    expect(files).toContain("controller/assistants.js");
    const leading = files.filter((file) => /"\.{1,2}\/[^"]*\.ts"/.test(readFileSync(join(folder, file), "utf8")));
    expect(leading, "these still lead to TypeScript").toEqual([]);
    const main = ["--no-strip-types", join(folder, "controller", "main.js"), "--settings", "nowhere.json"];
    const failed = await run(process.execPath, main, { cwd: app }).then(
      () => "nothing",
      (error: unknown) => (error as { stdout: string }).stdout,
    );
    expect(failed).toMatch(/"event":"failed".*nowhere\.json is not what the chart writes.*Next: npx pulumi up/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
