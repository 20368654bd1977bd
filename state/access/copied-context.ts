import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import process from "node:process";
import { parse, stringify } from "yaml";
import { firstLine, UserError } from "../../provider/processes/errors.ts";
import { makePrivateFolder } from "../../machine/private-files.ts";

interface Entry extends Record<string, unknown> {
  exec?: { command?: unknown } | null;
}

interface Named {
  name: string;
}

/** As much of a kubeconfig as it takes to copy one of its contexts. */
interface Kubeconfig {
  contexts?: (Named & { context: { cluster: string; user: string; namespace?: string } })[];
  clusters?: (Named & { cluster: Entry })[];
  users?: (Named & { user: Entry })[];
}

/** One kubeconfig of the user's, and the folder that its paths begin from. */
interface Source {
  folder: string;
  config: Kubeconfig;
}

/**
 * Copies one context of the user's kubeconfigs, and nothing else of them, for the commands of this checkout. So
 * whichever context is current, now or while a command runs, changes nothing. The user's files are read, and never
 * written.
 * @param context its name.
 * @param file where the copy goes. Without such a context there is none.
 * @param user the user's environment, with `KUBECONFIG`.
 * @throws UserError when a file of the user's cannot be read.
 */
export const copyContext = (context: string, file: string, user: NodeJS.ProcessEnv = process.env): void => {
  const copy = readContext(context, user);
  if (copy === undefined) {
    rmSync(file, { force: true });
    return;
  }
  makePrivateFolder(dirname(file));
  // A command that runs at this moment must find a whole file.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, stringify(copy), { mode: 0o600 });
  renameSync(draft, file);
};

const readContext = (context: string, user: NodeJS.ProcessEnv): object | undefined => {
  try {
    return contextIn(sourcesOf(user), context);
  } catch (error) {
    throw new UserError(
      `The context ${context} cannot be read from your kubeconfig: ${firstLine(error)}`,
      `Nothing was changed. Fix it, then see: kubectl config view --context ${context} --minify`,
      error,
    );
  }
};

/** Where kubectl looks, in its order. */
const sourcesOf = (user: NodeJS.ProcessEnv): Source[] => {
  const named = (user["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  const files = named.length > 0 ? named : [join(user["HOME"] ?? homedir(), ".kube", "config")];
  return files
    .map((path) => resolve(path))
    .filter((path) => existsSync(path))
    .map((path) => ({ folder: dirname(path), config: (parse(readFileSync(path, "utf8")) ?? {}) as Kubeconfig }));
};

const contextIn = (sources: Source[], name: string): object | undefined => {
  // The first file that has a name counts, as for kubectl.
  const find = <T extends Named>(list: (config: Kubeconfig) => T[] | undefined, wanted: string | undefined) => {
    for (const { config, folder } of sources) {
      const found = list(config)?.find((each) => each.name === wanted);
      if (found !== undefined) return { found, folder };
    }
    return undefined;
  };
  const context = find(({ contexts }) => contexts, name)?.found.context;
  const cluster = find(({ clusters }) => clusters, context?.cluster);
  const user = find(({ users }) => users, context?.user);
  if (context === undefined || cluster === undefined || user === undefined) return undefined;
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    contexts: [{ name, context: { cluster: name, user: name } }],
    clusters: [{ name, cluster: embedded(cluster.found.cluster, cluster.folder) }],
    users: [{ name, user: embedded(user.found.user, user.folder) }],
  };
};

/** The files that an entry names, by content; what must stay a path, as one from the root. */
const embedded = (entry: Entry, folder: string): Entry => {
  const copy = { ...entry };
  for (const key of ["certificate-authority", "client-certificate", "client-key"]) {
    const path = copy[key];
    if (typeof path !== "string" || path === "") continue;
    copy[`${key}-data`] = readFileSync(resolve(folder, path)).toString("base64");
    Reflect.deleteProperty(copy, key);
  }
  if (typeof copy["tokenFile"] === "string") copy["tokenFile"] = resolve(folder, copy["tokenFile"]);
  const { exec } = copy;
  if (typeof exec?.command === "string" && /[/\\]/.test(exec.command)) {
    copy.exec = { ...exec, command: resolve(folder, exec.command) };
  }
  return copy;
};
