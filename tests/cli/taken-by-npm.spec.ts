import assert from "node:assert/strict";
import { join } from "node:path";
import process from "node:process";
import { execa } from "execa";
import { createFixture } from "fs-fixture";
import { takenByNpm } from "../../cli/taken-by-npm.ts";
import { checkout } from "../../machine/paths.ts";

/** npm, told to run a command of this project that only says what it was given. */
const command = `
import { runCommand } from "${join(checkout, "cli/command-line.ts")}";
import { execFileSync } from "node:child_process";
const options = [{ flags: "--keep-data", text: "keep" }, { flags: "--yes", text: "yes" }];
const run = async () => {
  const seen = execFileSync("sh", ["-c", "echo $npm_config_stack$npm_config_keep_data"]).toString().trim();
  console.log(seen === "" ? "done" : seen);
  return 0;
};
const argument = { name: "[NAME]", text: "what" };
try {
  process.exitCode = await runCommand([{ name: "repair", summary: "repair", argument, options, run }], process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
`;

describe("an option that npm takes for itself", () => {
  const typed = async (words: string[], npmrc = "", env: NodeJS.ProcessEnv = {}) => {
    await using folder = await createFixture({
      "command.ts": command,
      "package.json": JSON.stringify({ type: "module", scripts: { repair: "node command.ts repair" } }),
      ".npmrc": npmrc,
    });
    const npm = { cwd: folder.path, env: { ...env, npm_config_userconfig: folder.getPath(".npmrc") }, reject: false };
    return await execa("npm", ["run", "--silent", "repair", ...words], npm);
  };

  for (const [words, said] of [
    [
      ["--stack=demo"],
      /^npm has taken --stack=demo for itself\.\n.*Nothing was done\. Type: npm run repair -- --stack=demo$/m,
    ],
    [["--stack", "demo"], /^npm has taken --stack for itself\.\n.*Type: npm run repair -- --stack NAME$/m],
    [["--keep-data", "--stack=demo"], /--keep-data and --stack=demo for itself\.\n.* -- --keep-data --stack=demo$/m],
  ] as const) {
    it(`stops the command before it does anything: ${words.join(" ")}`, async () => {
      const { exitCode, stdout, stderr } = await typed([...words]);
      assert.deepEqual([exitCode, stdout], [2, ""], stderr);
      assert.match(stderr, said);
    });
  }

  it("is none that npm owns, none of its settings, and none after --", async () => {
    for (const [words, npmrc] of [
      [["--yes"], ""],
      [["--", "--stack", "demo", "--keep-data"], ""],
      [[], "stack=demo\n"],
    ] as const) {
      const { exitCode, stdout, stderr } = await typed([...words], npmrc);
      assert.deepEqual([exitCode, stdout], [0, "done"], stderr);
    }
  });

  it("is told of none where npm has taken none", () => {
    assert.deepEqual(takenByNpm(["--stack <NAME>", "--down"], { PATH: process.env["PATH"] }, checkout), []);
  });
});
