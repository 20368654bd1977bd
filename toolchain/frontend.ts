import { join } from "node:path";
import { environment } from "./environment.ts";
import { packagesAreInstalled } from "./packages.mjs";
import { checkout } from "./paths.ts";
import { run } from "./run.ts";
import type { Step } from "./step.ts";

const folder = join(checkout, "apps", "frontend");

/** The step that installs the npm packages of the frontend, for its checks. Its image installs its own. */
export const frontendStep = (): Step => ({
  title: "npm packages of the frontend",
  isDone: () => Promise.resolve(packagesAreInstalled(folder)),
  run: async (report) => {
    const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
    await run("install npm packages of the frontend", "npm", args, { cwd: folder, env: environment(), report });
  },
});
