import assert from "node:assert/strict";
import process from "node:process";
import { createFixture } from "fs-fixture";
import { OwnPulumi } from "../../../cli/dev/own-pulumi.ts";

/** A Pulumi that says in which process group it is, and waits to be interrupted. */
const script = `#!${process.execPath}
const { execFileSync } = require("node:child_process");
process.on("SIGINT", () => { console.log("interrupted"); process.exit(7); });
const group = execFileSync("ps", ["-o", "pgid=", "-p", String(process.pid)]).toString().trim();
console.log(group === String(process.pid) ? "of its own" : "of others");
setInterval(() => undefined, 1000);
`;

describe("npm run dev: its Pulumi", () => {
  it("outlives the terminal, and ends in order when it is told to", async () => {
    await using folder = await createFixture({});
    await folder.writeFile("pulumi", script, { mode: 0o755 });
    const lines: string[] = [];
    const env = { PATH: `${folder.path}:${process.env["PATH"] ?? ""}` };
    const print = (_source: string, text: string): void => {
      lines.push(text);
      if (lines.length === 1) pulumi.kill("SIGINT");
    };
    const pulumi = new OwnPulumi("dev", print, async (args, _ask, start) => (await start?.(args, env)) ?? 0);
    assert.equal(await pulumi.run("destroy", {}), 7);
    assert.deepEqual(lines.slice(0, 2), ["of its own", "interrupted"]);
  });
});
