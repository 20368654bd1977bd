import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { userInfo } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { cacheFolder, isNewEnough, launch } from "../../machine/launch.mjs";
import * as paths from "../../machine/paths.ts";

describe("launch", () => {
  for (const [version, expected] of [
    ["18.19.0", false],
    ["20.20.2", false],
    ["22.17.9", false],
    ["22.18.0", true],
    ["24.0.0", true],
    ["100.1.0", true],
  ] as const) {
    it(`Node ${version} ${expected ? "runs" : "does not run"} the commands of a checkout`, () => {
      assert.equal(isNewEnough(version), expected);
    });
  }

  it("looks for Node where set-up keeps every other tool", () => {
    assert.equal(cacheFolder(), paths.cacheFolder);
  });

  const homes: [what: string, env: NodeJS.ProcessEnv, expected: string][] = [
    ["XDG_CACHE_HOME", { XDG_CACHE_HOME: "/caches" }, "/caches/todo-stack"],
    ["HOME", { XDG_CACHE_HOME: "", HOME: "/home/me" }, "/home/me/.cache/todo-stack"],
    [
      "HOME, since the other differs by folder",
      { XDG_CACHE_HOME: "caches", HOME: "/home/me" },
      "/home/me/.cache/todo-stack",
    ],
    ["the list of users, without HOME", { HOME: undefined }, join(userInfo().homedir, ".cache/todo-stack")],
    ["the list of users, with an empty HOME", { HOME: "" }, join(userInfo().homedir, ".cache/todo-stack")],
  ];
  for (const [what, env, expected] of homes) {
    it(`finds the folder of caches by ${what}`, function () {
      if (process.platform !== "linux") this.skip();
      const kept = { ...process.env };
      try {
        for (const [name, value] of Object.entries<string | undefined>({ XDG_CACHE_HOME: undefined, ...env })) {
          if (value === undefined) Reflect.deleteProperty(process.env, name);
          else process.env[name] = value;
        }
        assert.equal(cacheFolder(), expected);
      } finally {
        Object.assign(process.env, kept);
        if (kept["XDG_CACHE_HOME"] === undefined) delete process.env["XDG_CACHE_HOME"];
      }
    });
  }

  it("gives the exit code of the command", async () => {
    assert.equal(await launch(process.execPath, ["--eval", "process.exit(7)"], process.env), 7);
  });

  it("gives 128 + the number of the signal that ended the command", async () => {
    assert.equal(await launch(process.execPath, ["--eval", "process.kill(process.pid, 'SIGKILL')"], process.env), 137);
  });

  it("fails if the command cannot be started", async () => {
    await assert.rejects(launch("/does/not/exist", [], process.env), { code: "ENOENT" });
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    it(`passes ${signal} on once, and waits for the command to end`, async () => {
      const command = `
        process.on("${signal}", () => { console.log("got ${signal}"); setTimeout(() => process.exit(3), 50); });
        setInterval(() => undefined, 1000);
        console.log("ready");`;
      const launcher = new URL("../../machine/launch.mjs", import.meta.url).href;
      const outer = spawn(
        process.execPath,
        [
          "--eval",
          `import("${launcher}").then(async ({ launch }) => {
            process.exitCode = await launch(process.execPath, ["--eval", ${JSON.stringify(command)}], process.env);
          });`,
        ],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      let printed = "";
      outer.stdout.on("data", (data: Buffer) => {
        printed += data.toString();
        if (data.toString().includes("ready")) outer.kill(signal);
      });
      const [code] = (await once(outer, "close")) as [number];
      assert.equal(printed, `ready\ngot ${signal}\n`);
      assert.equal(code, 3, "the exit code must be the one of the command");
    });
  }
});
