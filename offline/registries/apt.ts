import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { userEnvironment } from "../../provider/processes/user-environment.ts";
import { UserError } from "../../provider/processes/errors.ts";
import { run } from "../../machine/run.ts";

/** True where Debian packages can be installed: a Debian or a relative of it, and we are root. */
export const canInstallPackages = (): boolean => process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");

/**
 * Installs Debian packages.
 * @param packages their names: `chromium`.
 * @throws UserError where that is not possible, naming the packages.
 */
export const installPackages = async (packages: string[], report: (line: string) => void): Promise<void> => {
  const names = packages.join(" ");
  if (!canInstallPackages()) {
    throw new UserError(
      `${names} must be installed, which set-up can do as root on Debian only, and this is ${systemName()}.`,
      `Install by hand: ${names}`,
    );
  }
  await oneInstallation(() => installNow(names, packages, report));
};

let last: Promise<unknown> = Promise.resolve();

/** apt-get refuses to run beside another apt-get that updates its lists. */
const oneInstallation = async (install: () => Promise<void>): Promise<void> => {
  const turn = last.then(install, install);
  last = turn;
  await turn;
};

const installNow = async (names: string, packages: string[], report: (line: string) => void): Promise<void> => {
  const env = { ...userEnvironment(process.env), DEBIAN_FRONTEND: "noninteractive" };
  const title = `install ${names}`;
  const apt = async (...args: string[]): Promise<string> =>
    await run(title, "apt-get", ["--option", "DPkg::Lock::Timeout=300", ...args], { env, report });
  await apt("update");
  await apt("install", "--yes", "--no-install-recommends", ...packages);
};

const systemName = (): string => {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? process.platform;
  } catch {
    return process.platform;
  }
};
