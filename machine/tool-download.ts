import { existsSync } from "node:fs";
import { chmod, mkdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import process from "node:process";
import { execa } from "execa";
import semver from "semver";
import { download, fetchText, Unreachable } from "./download.ts";
import { toolEnvironment } from "./tool-environment.ts";
import { firstLine, UserError } from "../provider/processes/errors.ts";
import { fillInPlace } from "./in-place.ts";
import { isOutOfReach, readMachine } from "./machine.ts";
import type { Machine } from "./machine.ts";
import { toolFolder } from "./paths.ts";
import { run } from "./run.ts";
import type { Step } from "./step.ts";

/** There is nothing on this machine to compile with. */
export class NoCompiler extends UserError {}

type Report = (line: string) => void;

/** The kinds of machine that official releases are made for. */
export interface Platform {
  os: "linux" | "darwin";
  arch: "amd64" | "arm64";
}

/** One official release file. */
export interface Release {
  /** A `.tar.gz` archive, or the bare executable. */
  url: string;
  /** Where its checksum is published, as the bare sum or as lines of `SUM  NAME`; or the SHA-256 itself. */
  checksums: string;
  /** The folder inside the archive that holds the executables, or `.`, if it is an archive. */
  folder?: string;
  /** The executable's name in that folder, if it is not the tool's. */
  executable?: string;
}

/** A program the stack needs, and the ways to get it. */
export interface Tool {
  name: string;
  version: string;
  /** The versions on PATH that will do, as a semver range. */
  accepts: string;
  /** Arguments that make the program print its version. */
  versionArguments: string[];
  release?: (platform: Platform) => Release;
  /** Fills `folder/bin` from package registries. */
  fromRegistries?: (folder: string, report: Report) => Promise<void>;
  /** True if that is to compile it. */
  compiles?: true;
  /** Where to read how to install it by hand. */
  manual: string;
}

/**
 * The step that makes sure of a tool: the one on PATH if it will do, else its official release, else from registries.
 */
export const toolStep = (tool: Tool): Step => ({
  title: toolTitle(tool),
  ...(tool.compiles === true && wayTo(tool) === "registries" ? { compiles: true } : {}),
  isDone: async () => existsSync(executable(tool)) || (await isOnPath(tool)),
  run: async (report) => {
    await fillInPlace(toolFolder(tool.name, tool.version), (draft) => install(tool, draft, report));
  },
});

/** The title of a tool's step. */
export const toolTitle = ({ name, version }: Pick<Tool, "name" | "version">): string => `${name} ${version}`;

/** Where a tool's executable is once set-up has installed it. */
export const executable = ({ name, version }: Pick<Tool, "name" | "version">): string =>
  join(toolFolder(name, version), "bin", name);

/** True if the program on PATH answers with a version that will do. */
export const isOnPath = async (tool: Tool, env: NodeJS.ProcessEnv = toolEnvironment()): Promise<boolean> =>
  semver.satisfies((await versionOnPath(tool, env)) ?? "", tool.accepts);

/** The version of the program on PATH; undefined if there is none, or it fails or says no version. */
export const versionOnPath = async (
  tool: Tool,
  env: NodeJS.ProcessEnv = toolEnvironment(),
): Promise<string | undefined> => {
  const { stdout, failed } = await execa(tool.name, tool.versionArguments, {
    env,
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    timeout: 20_000,
  });
  // Debian's and other builds decorate the version: `v3.20.2+g1234`, `5.10.2-5`.
  return failed ? undefined : /\d+\.\d+\.\d+/.exec(stdout)?.[0];
};

/**
 * The way to a tool that is not there: its official release where that can be reached, else package registries, else
 * the user's hands.
 * @param machine what is known of this machine. By default what set-up found out.
 */
export const wayTo = (
  { release, fromRegistries }: Pick<Tool, "release" | "fromRegistries">,
  machine: Machine | undefined = readMachine(),
): "release" | "registries" | "hand" => {
  if (release !== undefined && !isOutOfReach(release(platform()).url, machine)) return "release";
  return fromRegistries === undefined ? "hand" : "registries";
};

/**
 * Gets a tool into `draft/bin`. One whose release does not arrive, though its place answers, is made from package
 * registries, unless that is to compile it and no compiler is there: nobody has planned for one.
 * @throws UserError where there is no way, saying how to get it by hand.
 */
export const install = async (tool: Tool, draft: string, report: Report, machine = readMachine()): Promise<void> => {
  const way = wayTo(tool, machine);
  const { release, fromRegistries } = tool;
  if (way === "release" && release !== undefined) {
    try {
      await installRelease(tool, release(platform()), draft, report);
      return;
    } catch (error) {
      if (!(error instanceof Unreachable) || fromRegistries === undefined) throw error;
      report(`${firstLine(error)} It is made from package registries.`);
      await fromRegistries(draft, report).catch((second: unknown) => {
        throw second instanceof NoCompiler ? error : second;
      });
      return;
    }
  }
  if (fromRegistries === undefined) {
    const place = release === undefined ? undefined : new URL(release(platform()).url).host;
    const why = place === undefined ? "" : `: ${place} cannot be reached from this machine`;
    throw new UserError(`${tool.name} ${tool.accepts} is missing${why}.`, `Install it by hand: ${tool.manual}`);
  }
  await fromRegistries(draft, report);
};

/**
 * Downloads an official release into `draft/bin`.
 * @throws UserError if it cannot be had or is not the file whose checksum was published.
 */
export const installRelease = async (tool: Tool, release: Release, draft: string, report: Report): Promise<void> => {
  const name = release.url.slice(release.url.lastIndexOf("/") + 1);
  const { checksums } = release;
  const list = /^https?:/.test(checksums) ? await fetchText(checksums) : checksums;
  const sum = findChecksum(list, name);
  if (sum === undefined) {
    throw new UserError(`${checksums} has no checksum of ${name}.`, `Install it by hand: ${tool.manual}`);
  }
  const file = join(draft, name);
  await download(release.url, sum, file, report);
  const bin = join(draft, "bin");
  if (release.folder === undefined) {
    await mkdir(bin);
    await rename(file, join(bin, tool.name));
    await chmod(join(bin, tool.name), 0o755);
  } else {
    const unpacked = join(draft, "unpacked");
    await mkdir(unpacked);
    await run(`unpack ${tool.name} ${tool.version}`, "tar", ["-xzf", file, "-C", unpacked]);
    await rename(join(unpacked, release.folder), bin);
    if (release.executable !== undefined) await rename(join(bin, release.executable), join(bin, tool.name));
    await rm(unpacked, { recursive: true, force: true });
    await rm(file);
  }
};

/** The checksum of a file in a published list, or the list itself if it is a bare checksum. */
export const findChecksum = (list: string, name: string): string | undefined => {
  const lines = list.trim().split("\n");
  if (lines.length === 1 && /^[0-9a-f]{64}$/i.test(lines[0]?.trim() ?? "")) return lines[0]?.trim();
  // Some lists name files with the folder in which they were made.
  const line = lines.find((entry) => basename(entry.trim().split(/\s+\*?/)[1] ?? "") === name);
  return line?.trim().split(/\s+/)[0];
};

/**
 * The platform of this machine.
 * @throws UserError on one that the tools are not released for.
 */
export const platform = (os: string = process.platform, arch: string = process.arch): Platform => {
  if ((os === "linux" || os === "darwin") && (arch === "x64" || arch === "arm64")) {
    return { os, arch: arch === "x64" ? "amd64" : "arm64" };
  }
  throw new UserError(
    `There are no builds of the tools for ${os} on ${arch}.`,
    "Use Linux, macOS or WSL 2, on an Intel, AMD or ARM 64-bit processor.",
  );
};
