import { existsSync } from "node:fs";
import { chmod, cp, readdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { execa } from "execa";
import semver from "semver";
import { userEnvironment } from "../../../provider/processes/user-environment.ts";
import { fillInPlace } from "../../../machine/in-place.ts";
import { toolFolder } from "../../../machine/paths.ts";
import { run } from "../../../machine/run.ts";
import type { Step } from "../../../machine/step.ts";
import { versions } from "../../../versions.ts";
import { NoCompiler, platform } from "../../../machine/tool-download.ts";
import { installPackages } from "../apt.ts";

type Report = (line: string) => void;

/** What the modules here need. */
const accepts = ">=1.26.0";

/** How Go is run, besides the user's environment: with what is pinned here alone, and without a C compiler. */
export const goEnvironment = {
  CGO_ENABLED: "0",
  // The compiler spends a seventh of its time on freeing memory that it gives back a second later, when it ends.
  GOGC: "400",
  GOFLAGS: "-mod=readonly -buildvcs=false",
  GOTOOLCHAIN: "local",
  GOWORK: "off",
} as const;

/** The step that makes sure of a Go that is new enough for the modules here. */
export const goToolchainStep = (): Step => ({
  title: `Go ${versions.go}`,
  compiles: true,
  isDone: async () => (await findGo()) !== undefined,
  run: async (report) => {
    if ((await findGo()) !== undefined) return;
    await fillInPlace(toolFolder("go", versions.go), (draft) => installGo(draft, report));
  },
});

/**
 * The Go to build with: the one on PATH if it is new enough, else the one that set-up has installed.
 * @throws NoCompiler if there is none.
 */
export const goCommand = async (): Promise<string> => {
  const go = await findGo();
  if (go === undefined) {
    throw new NoCompiler(`Go ${accepts} is missing.`, "Install it by hand, then run the same command again.");
  }
  return go;
};

const findGo = async (): Promise<string | undefined> => {
  const own = join(toolFolder("go", versions.go), "bin", "go");
  if (existsSync(own)) return own;
  const version = await goVersion();
  return version !== undefined && semver.satisfies(version, accepts) ? "go" : undefined;
};

/** The version of the Go on PATH itself, not of one that it would switch to. */
const goVersion = async (): Promise<string | undefined> => {
  const env = { ...userEnvironment(process.env), GOTOOLCHAIN: "local" };
  const { stdout, failed } = await execa("go", ["version"], { env, extendEnv: false, reject: false, stdin: "ignore" });
  return failed ? undefined : semver.coerce(/go(\d+\.\d+(\.\d+)?)/.exec(stdout)?.[1])?.version;
};

/** Gets Go from its own module, which any Go can download: Debian's, if there is none. */
const installGo = async (folder: string, report: Report): Promise<void> => {
  if ((await goVersion()) === undefined) await installPackages(["golang-go"], report);
  const { os, arch } = platform();
  const module = `golang.org/toolchain@v0.0.1-go${versions.go}.${os}-${arch}`;
  const env = { ...userEnvironment(process.env, "go"), GOTOOLCHAIN: "local", GOFLAGS: "-mod=mod" };
  const answer = await run(`download Go ${versions.go}`, "go", ["mod", "download", "-json", module], { env, report });
  const { Dir: source } = JSON.parse(answer) as { Dir: string };
  await cp(source, folder, { recursive: true });
  // Modules carry no permissions: executables must be marked, and a later set-up must be able to remove the folder.
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const executable = entry.isDirectory() || /\/(bin|pkg\/tool\/[^/]+)$/.test(entry.parentPath);
    await chmod(path, executable ? 0o755 : 0o644);
  }
};
