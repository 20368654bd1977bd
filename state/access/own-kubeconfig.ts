import { readdirSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import { connectToOwn, OtherProfile } from "../../provider/cluster/kubernetes/connection.ts";
import { readOwnAccess } from "../../provider/cluster/kubernetes/kubeconfig.ts";

/** How long the cluster may take that is asked who it is, in milliseconds. A running one takes a fiftieth of that. */
const patience = 1_000;

/**
 * Sets a kubeconfig of this checkout aside that leads to another cluster under the name of ours, so that neither a
 * plugin nor Helm asks that one. The next `up` writes it anew.
 * @param state the folder in which they are, one for each profile.
 * @param homes Minikube's homes, each of which holds the authority that our clusters in it trust.
 */
export const setForeignAside = async (state: string, ...homes: string[]): Promise<void> => {
  for (const name of readdirSync(state).filter((file) => file.endsWith(".kubeconfig"))) {
    const ref = { kubeconfig: join(state, name), context: basename(name, ".kubeconfig") };
    const looks = await Promise.allSettled(homes.map((home) => readOwnAccess({ ...ref, home })));
    if (looks.every(({ status }) => status === "rejected")) setAside(ref.kubeconfig);
  }
};

/**
 * Does the same with the kubeconfig of a profile that leads to the cluster of another profile of the same home. That
 * takes a question, which a cluster that is stopped does not answer: its kubeconfig stays.
 */
export const setStaleAside = async (state: string, home: string, profile: string): Promise<void> => {
  const ref = { kubeconfig: join(state, `${profile}.kubeconfig`), context: profile, home };
  try {
    (await connectToOwn(await readOwnAccess(ref), ref, patience)).agent.destroy();
  } catch (error) {
    if (error instanceof OtherProfile) setAside(ref.kubeconfig);
  }
};

const setAside = (file: string): void => {
  renameSync(file, `${file}.foreign`);
  const name = basename(file);
  console.error(`.state/${name} does not lead to the stack's own cluster. It is set aside as ${name}.foreign.`);
};
