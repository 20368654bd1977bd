import { join } from "node:path";
import process from "node:process";
import { userEnvironment } from "../../../provider/processes/user-environment.ts";
import { run } from "../../../machine/run.ts";
import { findMirrors, sourcesOf } from "./debian-sources.ts";
import { hashOf, hashOfFiles } from "./hash.ts";

/** A root file system made of Debian packages. */
export interface DebianRoot {
  name: string;
  /** Code names of Debian releases. Packages come from the first, and from others only when the hook asks for it. */
  suites: [string, ...string[]];
  /** `small`: packages are unpacked, and that is all. `complete`: a Debian with a package manager. */
  kind: "small" | "complete";
  packages: string[];
  /** What else the hook uses: versions, and hashes of files. */
  inputs: unknown[];
}

/** Where the scripts are that finish a root file system, each by the root's name. */
export const hookFolder = join(import.meta.dirname, "roots");

const left = ["doc", "man", "info", "locale", "lintian", "bash-completion"];

/** Names what the root file system is made from. */
export const rootHash = ({ name, suites, kind, packages, inputs }: DebianRoot): string =>
  hashOf(
    ...[suites, kind, packages, inputs, left],
    hashOfFiles(join(hookFolder, `${name}.sh`)),
    hashOfFiles(join(hookFolder, "small-root.sh")),
  );

/**
 * Makes a root file system and puts it into a tar archive.
 * @param archive the archive's path.
 * @param variables what the hook is told by its environment.
 */
export const makeRoot = async (
  root: DebianRoot,
  archive: string,
  variables: NodeJS.ProcessEnv,
  report: (line: string) => void,
): Promise<void> => {
  const mirrors = await findMirrors();
  const [first, ...others] = root.suites;
  await run(
    `make root file system ${root.name}`,
    "mmdebstrap",
    [
      `--variant=${root.kind === "small" ? "extract" : "minbase"}`,
      "--format=tar",
      '--aptopt=Acquire::Languages "none"',
      // Folders in /run belong to the applications that are installed.
      "--skip=cleanup/run",
      ...left.map((folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`),
      "--dpkgopt=path-include=/usr/share/doc/*/copyright",
      ...others.map((suite) => `--setup-hook=${onlyOnRequest(suite)}`),
      `--include=${root.packages.join(",")}`,
      `--${root.kind === "small" ? "extract" : "customize"}-hook=sh "$HOOK" "$1"`,
      ...[first, archive],
      ...root.suites.flatMap((suite) => sourcesOf(suite, mirrors)),
    ],
    {
      env: { ...userEnvironment(process.env), ...variables, HOOK: join(hookFolder, `${root.name}.sh`) },
      report: (line) => {
        if (line.startsWith("I: ")) report(line.slice(3));
      },
    },
  );
};

const onlyOnRequest = (suite: string): string =>
  `mkdir -p "$1/etc/apt/preferences.d" && printf "Package: *\\nPin: release n=${suite}*\\nPin-Priority: 100\\n" > "$1/etc/apt/preferences.d/${suite}"`;
