import { chmod, mkdir, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import process from "node:process";
import which from "which";
import { toolEnvironment } from "../../machine/tool-environment.ts";
import { fillInPlace } from "../../machine/in-place.ts";
import { isOutOfReach } from "../../machine/machine.ts";
import { checkout, toolFolder } from "../../machine/paths.ts";
import { canInstallPackages, installPackages } from "../../offline/registries/apt.ts";
import { run } from "../../machine/run.ts";
import type { Step } from "../../machine/step.ts";
import { versions } from "../../versions.ts";

const names = ["chromium", "chromium-browser", "google-chrome"];

/** The step that makes sure of a browser for the tests: one on PATH, else Playwright's, else Debian's. */
export const chromiumStep = (): Step => ({
  title: "Chromium, for the tests",
  isDone: async () => {
    const path = toolEnvironment().PATH ?? "";
    const found = await Promise.all(names.map((name) => which(name, { path, nothrow: true })));
    return found.some((file) => file !== null);
  },
  run: async (report) => {
    // Who lets no release of GitHub through lets none of Playwright's through.
    const isDebians = isOutOfReach("https://github.com") && canInstallPackages();
    if (isDebians) await installPackages(["chromium"], report);
    else await fillInPlace(toolFolder("chromium", versions.chromium), (draft) => installOfPlaywright(draft, report));
  },
});

const installOfPlaywright = async (folder: string, report: (line: string) => void): Promise<void> => {
  const env = { ...toolEnvironment(process.env, "browsers"), PLAYWRIGHT_BROWSERS_PATH: join(folder, "browsers") };
  const playwright = join(checkout, "node_modules", "playwright-core");
  await run("install chromium", process.execPath, [join(playwright, "cli.js"), "install", "--no-shell", "chromium"], {
    env,
    report,
  });
  const ask = `console.log(require(${JSON.stringify(playwright)}).chromium.executablePath())`;
  const executable = await run("find chromium", process.execPath, ["--eval", ask], { env });
  const bin = join(folder, "bin");
  await mkdir(bin);
  // Not a link: on macOS the executable looks for its application around the path it was started with.
  const script = `#!/bin/sh\nexec "$(dirname "$0")/${relative(bin, executable)}" "$@"\n`;
  await writeFile(join(bin, "chromium"), script);
  await chmod(join(bin, "chromium"), 0o755);
  if (!existsSync(executable)) throw new Error(`${executable} is missing`);
};
