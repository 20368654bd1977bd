import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { execa } from "execa";
import type { ImageArchive } from "./archives.ts";
import { NotScanned } from "./trivy-report.ts";

const timeout = 20 * 60_000;

/** What Trivy needs of the environment: no secret of the user's, and no setting that would hide a finding. */
const variables =
  /^(PATH|HOME|TMPDIR|XDG_CACHE_HOME|SSL_CERT_(FILE|DIR)|(HTTPS?|NO|ALL)_PROXY|TRIVY_(CACHE_DIR|DB_REPOSITORY))$/i;

/**
 * Has Trivy look at an image, for vulnerabilities and secrets of any severity.
 * @param env the environment of which it gets what it needs.
 * @returns its report as JSON.
 * @throws NotScanned if it cannot be started, fails or takes longer than 20 minutes, with its last line.
 */
export const runTrivy = async (image: ImageArchive, env: NodeJS.ProcessEnv): Promise<string> => {
  const report = `${image.file}.json`;
  const args = ["image", "--input", image.file, "--format", "json", "--output", report, "--list-all-pkgs"];
  const result = await execa("trivy", [...args, "--scanners", "vuln,secret", "--no-progress", "--timeout", "15m"], {
    // Trivy reads trivy.yaml and .trivyignore where it is started.
    cwd: dirname(image.file),
    env: Object.fromEntries(Object.entries(env).filter(([name]) => variables.test(name))),
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    timeout,
    all: true,
  });
  if (result.failed) throw new NotScanned(`Trivy ${reason(result)}.`, "Fix that, then run the same command again.");
  try {
    return await readFile(report, "utf8");
  } catch (error) {
    throw new NotScanned("Trivy wrote no report.", "Run the same command again.", error);
  }
};

const reason = (result: {
  timedOut: boolean;
  code?: string | undefined;
  signal?: string | undefined;
  exitCode?: number | undefined;
  all?: string | undefined;
}): string => {
  if (result.code === "ENOENT") return "is not on PATH";
  if (result.timedOut) return "took longer than 20 minutes";
  if (result.signal !== undefined) return `was ended by ${result.signal}`;
  const last = (result.all ?? "").trim().split("\n").at(-1);
  return `failed with exit code ${result.exitCode ?? "unknown"}${last ? `: ${last}` : ""}`;
};
