import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { execa } from "execa";
import { userEnvironment } from "../../provider/processes/user-environment.ts";
import { UserError } from "../../provider/processes/errors.ts";
import { checkout } from "../../machine/paths.ts";
import { setUpForReview } from "../../setup/setup.ts";
import { planOf } from "./plan.ts";
import { reportOf } from "./review-report.ts";

/**
 * Says in Markdown what the commits since another one change in what this project would make. Needs no Docker and no
 * cluster. Changes that are not committed do not count.
 * @param base the branch or commit to compare with.
 * @param output the file to write into; by default it is printed.
 * @returns the exit code: 1 when the preview fails or a policy is violated.
 * @throws UserError when there is no such branch or commit.
 */
export const review = async (base = "main", output?: string): Promise<number> => {
  const common = await commonCommit(base);
  await setUpForReview();
  const folder = await mkdtemp(join(tmpdir(), "todo-stack-review-"));
  try {
    const old = await planOf(common, join(folder, "base"));
    const now = await planOf("HEAD", join(folder, "head"));
    const report = reportOf(old, now);
    if (output === undefined) console.log(report);
    else await writeFile(output, report);
    return now.errors.length + now.violations.length === 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const commonCommit = async (base: string): Promise<string> => {
  const { stdout, exitCode } = await execa("git", ["merge-base", "--end-of-options", base, "HEAD"], {
    cwd: checkout,
    env: userEnvironment(process.env),
    extendEnv: false,
    reject: false,
  });
  if (exitCode === 0) return stdout;
  throw new UserError(
    `There is nothing to compare with: ${base} is no branch or commit here, or has nothing in common with HEAD.`,
    "Name another: npm run review -- BASE. A shallow clone may lack it: git fetch --unshallow",
  );
};
