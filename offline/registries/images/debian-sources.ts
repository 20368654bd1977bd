import { readFileSync } from "node:fs";
import { UserError } from "../../../provider/processes/errors.ts";
import { run } from "../../../machine/run.ts";

/** Where this machine gets its Debian packages from. */
interface DebianMirrors {
  /** The archive's address. */
  archive: string;
  /** The address of security updates; undefined if this machine has none set up. */
  security: string | undefined;
}

/**
 * Lines of a `sources.list` for a Debian release, from the mirrors this machine itself uses.
 * @param suite the release's code name: `trixie`.
 */
export const sourcesOf = (suite: string, { archive, security }: DebianMirrors): string[] => [
  `deb ${archive} ${suite} main`,
  `deb ${archive} ${suite}-updates main`,
  ...(security === undefined ? [] : [`deb ${security} ${suite}-security main`]),
];

/**
 * Finds the mirrors in apt's own settings.
 * @throws UserError if there is none for the release this machine runs.
 */
export const findMirrors = async (): Promise<DebianMirrors> => {
  const release = /^VERSION_CODENAME="?([a-z]+)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "";
  const targets = await run("find Debian mirrors", "apt-get", ["indextargets", "--format", "$(RELEASE) $(REPO_URI)"]);
  const mirrors = mirrorsIn(targets, release);
  if (mirrors === undefined) {
    throw new UserError(
      `apt knows no mirror of Debian "${release}", which images are made from.`,
      "This works on Debian only. See /etc/apt/sources.list and /etc/apt/sources.list.d/.",
    );
  }
  return mirrors;
};

/**
 * Picks the mirrors out of apt's list.
 * @param targets lines of release and address: `bookworm-security http://…`.
 * @param release the code name of the release that this machine runs.
 */
export const mirrorsIn = (targets: string, release: string): DebianMirrors | undefined => {
  const addresses = new Map<string, string>();
  for (const line of targets.split("\n")) {
    const [name = "", address] = line.trim().split(" ");
    if (address !== undefined && !addresses.has(name)) addresses.set(name, address);
  }
  const archive = addresses.get(release);
  return archive === undefined ? undefined : { archive, security: addresses.get(`${release}-security`) };
};
