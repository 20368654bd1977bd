import { readdirSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import { readOwnAccess } from "../../provider/cluster/kubeconfig.ts";

/**
 * Sets a kubeconfig of this checkout aside that leads to another cluster under the name of ours, so that neither a
 * plugin nor Helm asks that one. The next `up` writes it anew.
 * @param state the folder in which they are, one for each profile.
 * @param home Minikube's home, which holds the authority that our clusters trust.
 */
export const setForeignAside = async (state: string, home: string): Promise<void> => {
  for (const name of readdirSync(state).filter((file) => file.endsWith(".kubeconfig"))) {
    const file = join(state, name);
    if (await isOurs(file, home)) continue;
    renameSync(file, `${file}.foreign`);
    console.error(`.state/${name} does not lead to the stack's own cluster. It is set aside as ${name}.foreign.`);
  }
};

const isOurs = async (file: string, home: string): Promise<boolean> => {
  try {
    await readOwnAccess({ kubeconfig: file, context: basename(file, ".kubeconfig"), home });
    return true;
  } catch {
    return false;
  }
};
