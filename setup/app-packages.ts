import { join } from "node:path";
import process from "node:process";
import { toolEnvironment } from "../machine/tool-environment.ts";
import { installArguments, packagesAreInstalled } from "./packages.mjs";
import { checkout } from "../machine/paths.ts";
import { run } from "../machine/run.ts";
import type { Step } from "../machine/step.ts";

/** The step that installs the npm packages of an application with a lock file of its own. An image installs its own. */
export const appPackagesStep = (app: "frontend" | "aiops"): Step => {
  const title = `npm packages of ${app === "aiops" ? "the MCP server" : `the ${app}`}`;
  const folder = join(checkout, "apps", app);
  return {
    title,
    isDone: () => Promise.resolve(packagesAreInstalled(folder)),
    run: async (report) => {
      await run(`install ${title}`, "npm", installArguments, {
        cwd: folder,
        env: toolEnvironment(process.env, "npm"),
        report,
      });
    },
  };
};
