import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fillInPlace } from "../../in-place.ts";
import { run } from "../../run.ts";
import type { Step } from "../../step.ts";
import { goCommand } from "../go/go.ts";
import { imageFolder } from "./folders.ts";
import { hashOfFiles } from "./hash.ts";

const source = join(import.meta.dirname, "go");

const folder = (): string => join(imageFolder, `programs-${hashOfFiles(source)}`);

/** The path of one of this project's own small programs for the cluster's node. It need not exist yet. */
export const ownProgram = (name: "pause" | "storage-provisioner"): string => join(folder(), name);

/** The step that builds them. */
export const ownProgramsStep = (): Step => ({
  title: "storage provisioner",
  isDone: () => Promise.resolve(existsSync(folder())),
  run: async (report) => {
    await fillInPlace(folder(), async (draft) => {
      const args = ["build", "-v", "-trimpath", "-ldflags", "-s -w", "-o", `${draft}/`, "./..."];
      const goflags = { GOFLAGS: "-mod=readonly -buildvcs=false", GOTOOLCHAIN: "local", GOWORK: "off" };
      const env = { ...process.env, ...goflags, CGO_ENABLED: "0" };
      await run("build storage provisioner", await goCommand(), args, { cwd: source, env, report });
    });
  },
});
