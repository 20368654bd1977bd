import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { V1DaemonSet } from "@kubernetes/client-node";
import type { Commands } from "../../provider/processes/commands.ts";
import type { ContainerState } from "../../provider/cluster/docker/docker.ts";
import { ifThere, Namespace } from "../../provider/cluster/kubernetes/kubernetes.ts";
import type { NamespaceRef } from "../../provider/cluster/kubernetes/kubernetes.ts";
import type { Enforcer } from "../../provider/cluster/kubernetes/policy-enforcer.ts";
import { nodeState } from "../../provider/cluster/minikube/node.ts";
import { holderOf, ownerOf, profileFolder, readMark } from "../../provider/cluster/ownership.ts";
import type { Mark, Profile } from "../../provider/cluster/ownership.ts";
import { standingOf } from "../../provider/data-loss/standing.ts";
import { knownSettings, stackState } from "../stack-files.ts";
import type { PlainSettings, StackState } from "../stack-files.ts";

/** Where a stack and its cluster are. */
export interface Place {
  /** The checkout's folder. */
  folder: string;
  /** Minikube's home, which ends in `.minikube`. */
  home: string;
  stack: string;
}

/** How Minikube has made a cluster. */
export interface Made {
  kubernetesVersion: string;
  containerRuntime: string;
  /** The ports on this machine that lead to it. */
  ports: number[];
}

/** What is known of a stack's cluster without running Pulumi. */
export interface OwnCluster {
  /** Its settings, with the profile, driver and namespace that it has, whatever is set now. */
  settings: PlainSettings;
  state: StackState;
  /**
   * `unknown` when Docker or Minikube cannot say; `foreign` when a profile of that name is not this stack's;
   * `elsewhere` when the cluster is in another Docker engine than the current one.
   */
  life: ContainerState | "foreign" | "elsewhere";
  /** Whether its volume, with the data, is there without a node. */
  isVolumeAlone: boolean;
  /** Who has made the profile and which life it is, if a stack of this project has. */
  mark?: Mark;
  /** Undefined when there is no profile, or none that can be read. */
  made?: Made;
  /** Path of its kubeconfig. The context in it has the name of the profile. */
  kubeconfig: string;
  /** Minikube's home. */
  home: string;
}

/**
 * Looks at the cluster that a stack has by its state, or is to have by its settings as long as its state knows none.
 * Changes nothing, and asks nothing of a cluster that is not this stack's.
 */
export const lookAtCluster = async (commands: Commands, { folder, home, stack }: Place): Promise<OwnCluster> => {
  const state = readState(folder, stack);
  const settings = knownSettings(folder, stack, state);
  const profile = { home, profile: settings.profile };
  const owner = ownerOf(`urn:pulumi:${stack}`, folder);
  const mark = markOf(profile, owner, state.instance ?? "");
  const made = readMade(profile, state.made?.ports ?? []);
  const kubeconfig = join(folder, ".state", `${settings.profile}.kubeconfig`);
  const cluster = { ...profile, kubeconfig, driver: settings.driver, instance: state.instance ?? "" };
  const standing = existsSync(profileFolder(profile)) ? await standingOf(commands, cluster, owner) : undefined;
  const life = async (): Promise<OwnCluster["life"]> => {
    switch (standing?.is) {
      case "another's":
        return "foreign";
      case "elsewhere":
        return "elsewhere";
      case "there":
        return standing.state;
      case "half-made":
        return await nodeState(commands, cluster);
      case "gone":
      case "volume":
      case undefined:
        return "missing";
    }
  };
  return {
    settings,
    state,
    life: await life(),
    isVolumeAlone: standing?.is === "volume",
    ...(mark === undefined ? {} : { mark }),
    ...(made === undefined ? {} : { made }),
    kubeconfig,
    home,
  };
};

/** A namespace of the cluster of a stack. */
export const namespaceIn = ({ kubeconfig, home, settings }: OwnCluster, namespace: string): NamespaceRef => ({
  kubeconfig,
  context: settings.profile,
  home,
  namespace,
});

/** Asks the API of a cluster what enforces NetworkPolicies. @throws Error when it does not answer. */
export const enforcerIn = async (cluster: OwnCluster): Promise<Enforcer> => {
  const router = await Namespace.use(namespaceIn(cluster, "kube-system"), (system) =>
    ifThere(system.get<V1DaemonSet>("apps/v1", "daemonsets", "kube-router")),
  );
  return (router?.status?.numberReady ?? 0) > 0 ? "kube-router" : "none";
};

/** A state that cannot be read is the doctor's business. */
const readState = (folder: string, stack: string): StackState => {
  try {
    return stackState(folder, stack) ?? {};
  } catch {
    return {};
  }
};

/** The mark, with the stack that has the cluster now. */
const markOf = (profile: Profile, owner: string, instance: string): Mark | undefined => {
  const mark = readMark(profile);
  return mark === undefined ? undefined : { ...mark, owner: holderOf(mark, owner, instance) };
};

/** As much as is read of what Minikube keeps about a profile. */
interface ProfileConfig {
  KubernetesConfig?: { KubernetesVersion?: string; ContainerRuntime?: string };
  ExposedPorts?: string[] | null;
}

/** @param known the ports by the state: Minikube is made to forget them where it adds nodes. */
const readMade = (profile: Profile, known: string[]): Made | undefined => {
  try {
    const text = readFileSync(join(profileFolder(profile), "config.json"), "utf8");
    const { KubernetesConfig, ExposedPorts } = JSON.parse(text) as ProfileConfig;
    return {
      kubernetesVersion: KubernetesConfig?.KubernetesVersion ?? "",
      containerRuntime: KubernetesConfig?.ContainerRuntime ?? "",
      // ADDRESS:HOST_PORT:NODE_PORT
      ports: [...(ExposedPorts ?? []), ...known].map((port) => Number(port.split(":").at(-2))),
    };
  } catch {
    return undefined;
  }
};
