import { join } from "node:path";
import process from "node:process";
import { execa } from "execa";
import { toolEnvironment } from "../../../machine/tool-environment.ts";
import { UserError } from "../../../provider/processes/errors.ts";
import { run } from "../../../machine/run.ts";
import { canInstallPackages, installPackages } from "../apt.ts";

type Report = (line: string) => void;

/**
 * Arguments that pip and uv have in common: put one wheel into `folder`, if its hash is in `NAME.txt` beside this file.
 */
const wheelArguments = (name: string, folder: string): string[] => [
  ...["install", "--target", folder, "--no-deps", "--only-binary", ":all:"],
  ...["--require-hashes", "--requirement", join(import.meta.dirname, `${name}.txt`)],
];

/** Installs uv itself with pip, into `folder/bin`. */
export const installUv = async (folder: string, report: Report): Promise<void> => {
  await ensurePip(report);
  const args = ["-m", "pip", ...wheelArguments("uv", folder), "--no-input", "--root-user-action=ignore"];
  await run("install uv", "python3", args, { report, env: toolEnvironment(process.env, "python") });
};

/** Installs a program that PyPI has as a wheel, with uv, into `folder/bin`. */
export const installWheel = async (name: string, folder: string, report: Report): Promise<void> => {
  await run(`install ${name}`, "uv", ["pip", ...wheelArguments(name, folder)], {
    report,
    env: toolEnvironment(process.env, "python"),
  });
};

const ensurePip = async (report: Report): Promise<void> => {
  const { failed } = await execa("python3", ["-m", "pip", "--version"], {
    env: toolEnvironment(),
    extendEnv: false,
    reject: false,
  });
  if (!failed) return;
  if (!canInstallPackages()) {
    throw new UserError("python3 with pip is missing.", "Install Python 3 with pip, then run this again.");
  }
  await installPackages(["python3-pip"], report);
};
