import { existsSync, globSync, readdirSync } from "node:fs";
import { copyFile, cp, mkdir, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import process from "node:process";
import { toolEnvironment } from "../../../machine/tool-environment.ts";
import { run } from "../../../machine/run.ts";
import { goCommand, goEnvironment } from "./go.ts";

/** One package of a module that Go has downloaded. */
interface Package {
  importPath: string;
  folder: string;
  module: string;
  moduleFolder: string;
}

/**
 * Copies the modules of which our own files replace some, for the parts of a program that this stack can never use. The
 * files are in `overlay/` beside go.mod, in folders named after packages, and belong to the one version that go.mod
 * pins. Go refuses to replace them where it keeps its modules (`go build -overlay`).
 * @param source the folder of go.mod and go.sum.
 * @param draft where the copies go.
 * @returns arguments of `go build`, none if nothing is replaced.
 */
export const overlay = async (source: string, draft: string): Promise<string[]> => {
  const ours = join(source, "overlay");
  const packages = await find(overlaidPackages(ours), source);
  if (packages.length === 0) return [];
  await mkdir(draft, { recursive: true });
  // What Go has downloaded was compared with go.sum; what is compiled of it is a copy.
  for (const name of ["go.mod", "go.sum"]) await copyFile(join(source, name), join(draft, name));
  const modules = new Map(packages.map(({ module, moduleFolder }) => [module, moduleFolder]));
  const copyOf = (module: string): string => join(draft, module);
  for (const [module, folder] of modules) await copyModule(folder, copyOf(module));
  for (const { importPath, folder, module, moduleFolder } of packages) {
    await replaceFiles(join(ours, importPath), join(copyOf(module), relative(moduleFolder, folder)));
  }
  const goMod = join(draft, "go.mod");
  const replaced = [...modules.keys()].map((module) => `-replace=${module}=${copyOf(module)}`);
  await go("name the copies of modules", ["mod", "edit", ...replaced, goMod], source);
  return ["-modfile", goMod];
};

/** The import paths of the packages of which an overlay replaces files. */
export const overlaidPackages = (folder: string): string[] =>
  existsSync(folder) ? [...new Set(globSync("**/*.go", { cwd: folder }).map((file) => dirname(file)))].sort() : [];

/**
 * Replaces files of one package: `stand-in.go` all of them, any other the file of its name.
 * @param ours the folder of our files.
 * @param theirs the folder of the package's copy.
 * @throws Error if the package has no file of that name, which is so when its version changes.
 */
export const replaceFiles = async (ours: string, theirs: string): Promise<void> => {
  const files = readdirSync(ours).filter(isSource);
  const present = readdirSync(theirs).filter(isSource);
  const standIn = files.includes("stand-in.go");
  const unknown = files.find((name) => !standIn && !present.includes(name));
  if (unknown !== undefined) throw new Error(`${join(ours, unknown)} replaces nothing: ${theirs} has no such file`);
  if (standIn) for (const name of present) await rm(join(theirs, name));
  for (const name of files) await copyFile(join(ours, name), join(theirs, name));
};

const isSource = (name: string): boolean => name.endsWith(".go") && !name.endsWith("_test.go");

const find = async (names: string[], source: string): Promise<Package[]> => {
  if (names.length === 0) return [];
  // Without what they import: that is what need not be there.
  const format = "{{.ImportPath}} {{.Dir}} {{.Module.Path}} {{.Module.Dir}}";
  const list = await go("find packages that are replaced", ["list", "-find", "-f", format, ...names], source);
  return list.split("\n").map((line) => {
    const [importPath = "", folder = "", module = "", moduleFolder = ""] = line.split(" ");
    return { importPath, folder, module, moduleFolder };
  });
};

const copyModule = async (folder: string, copy: string): Promise<void> => {
  await cp(folder, copy, { recursive: true });
  // Go's own copies may not be changed, and those within another one may be in it already.
  await run(`open ${copy}`, "chmod", ["-R", "u+w", copy]);
};

const go = async (title: string, args: string[], cwd: string): Promise<string> =>
  await run(title, await goCommand(), args, { cwd, env: { ...toolEnvironment(process.env, "go"), ...goEnvironment } });
