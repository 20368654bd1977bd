import { randomUUID } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import semver from "semver";
import { availableCapacity, fit } from "./capacity.ts";
import type { Commands } from "./commands.ts";
import { containerState, startTime, thingsNamed } from "./docker.ts";
import type { Engine } from "./engine.ts";
import { UserError } from "./errors.ts";
import { deleteCluster, dockerHost, machineState, startCluster } from "./minikube.ts";
import type { StartOptions, Target } from "./minikube.ts";
import { enforceNetworkPolicies, networkPolicyEnforcer } from "./network-policy.ts";
import type { Enforcer } from "./network-policy.ts";
import { isOurs, ownerOf, profileFolder, readMark, writeMark } from "./ownership.ts";
import { checkName, checkPorts } from "./preflight.ts";
import type { Difference, Resource } from "./resource.ts";

/** What the program says about a cluster. */
export interface ClusterInputs extends StartOptions {
  profile: string;
  /** Path of the kubeconfig file, relative to the checkout. */
  kubeconfig: string;
}

/** What is kept about a cluster: the program's word, and what {@link Resource.check} adds. */
export interface CheckedInputs extends ClusterInputs, Target {
  /** Names one life of the cluster: kept until the cluster is replaced, known in preview. */
  instance: string;
  /** Minikube's home, kept as it was when the cluster was made. */
  home: string;
  /** Folder of the certificates for the cluster's Docker daemon. */
  dockerCertPath: string;
}

/** What is known once the cluster runs. */
export interface ClusterState extends CheckedInputs {
  /** `tcp://ADDRESS:PORT` of the cluster's Docker daemon. */
  dockerHost: string;
  /** What enforces NetworkPolicies; undefined in the state of a cluster that was made before this was looked after. */
  networkPolicy?: Enforcer;
  /** When the node was started last, in ISO 8601; with the docker driver alone. */
  nodeStarted?: string;
}

type Life = "running" | "stopped" | "missing" | "unknown";

/** What Minikube cannot change about a cluster that exists. */
const fixed = ["driver", "cpus", "memory", "ports", "containerRuntime"] as const;

/** `minikube:index:Cluster`: one Minikube profile with one node, owned by one stack. */
export class ClusterResource implements Resource<ClusterInputs, CheckedInputs, ClusterState> {
  readonly #commands: Commands;
  readonly #engine: Engine;
  readonly #env: NodeJS.ProcessEnv;

  constructor(commands: Commands, engine: Engine, env: NodeJS.ProcessEnv) {
    this.#commands = commands;
    this.#engine = engine;
    this.#env = env;
  }

  check(_urn: string, olds: Partial<CheckedInputs>, news: ClusterInputs): Promise<CheckedInputs> {
    const home = olds.home ?? minikubeHome(this.#env);
    return Promise.resolve({
      ...news,
      home,
      dockerCertPath: join(home, "certs"),
      instance: olds.instance ?? randomUUID().slice(0, 8),
    });
  }

  async diff(urn: string, olds: ClusterState, news: CheckedInputs): Promise<Difference> {
    if (news.profile !== olds.profile) {
      throw new UserError(
        `The cluster of this stack is ${olds.profile}; it cannot be renamed to ${news.profile}.`,
        "Destroy it first: npx pulumi destroy. Or make another stack: npx pulumi stack init NAME",
      );
    }
    const replaces: string[] = fixed.filter((key) => !isDeepStrictEqual(olds[key], news[key]));
    if (semver.lt(news.kubernetesVersion, olds.kubernetesVersion)) replaces.push("kubernetesVersion");
    if (replaces.length > 0) {
      // The old cluster goes before the new one comes, so what would stop the new one has to be found now.
      if (replaces.includes("ports")) await checkPorts(news.ports.filter((port) => !olds.ports.includes(port)));
      return { changes: true, replaces };
    }
    const life = await this.#life(olds);
    if (life === "missing") return { changes: true, replaces: ["instance"] };
    const isEnforced = olds.networkPolicy !== undefined && olds.networkPolicy !== "none";
    return { changes: life !== "running" || !isEnforced || news.kubernetesVersion !== olds.kubernetesVersion };
  }

  async create(urn: string, inputs: CheckedInputs): Promise<{ id: string; state: ClusterState }> {
    const available = await availableCapacity(this.#commands, inputs.driver);
    const size = fit(inputs, available, (line) => this.#engine.inform(urn, line));
    const name = await checkName(this.#commands, inputs.driver, inputs, ownerOf(urn));
    if (name === "ours") await this.#remove(urn, inputs);
    await checkPorts(inputs.ports);
    try {
      return { id: inputs.profile, state: await this.#start(urn, inputs, size) };
    } catch (error) {
      // After a cancel no command runs any more; the mark lets the next `up` remove what is there.
      await this.#remove(urn, inputs).catch(() => undefined);
      throw error;
    }
  }

  async update(urn: string, olds: ClusterState, news: CheckedInputs): Promise<ClusterState> {
    if (!isOurs(readMark(olds), ownerOf(urn), olds.instance)) {
      throw new UserError(
        `Minikube profile ${olds.profile} is not the one that this stack has made.`,
        "See whose it is: minikube profile list",
      );
    }
    // Minikube restarts every pod when it starts a cluster that runs: what is only incomplete is completed.
    const isRunning = (await this.#life(olds)) === "running" && news.kubernetesVersion === olds.kubernetesVersion;
    if (isRunning) return await this.#complete(urn, news);
    const available = await availableCapacity(this.#commands, news.driver);
    return await this.#start(
      urn,
      news,
      fit(news, available, () => undefined),
    );
  }

  async read(_urn: string, state: ClusterState): Promise<ClusterState | undefined> {
    const life = await this.#life(state);
    if (life === "missing") return undefined;
    if (life !== "running") return state;
    return { ...state, networkPolicy: await networkPolicyEnforcer(this.#commands, state) };
  }

  async delete(urn: string, state: ClusterState): Promise<void> {
    await this.#remove(urn, state);
    rmSync(state.kubeconfig, { force: true });
  }

  async #life(cluster: CheckedInputs): Promise<Life> {
    if (readMark(cluster)?.instance !== cluster.instance) return "missing";
    const life =
      cluster.driver === "docker"
        ? await containerState(this.#commands, cluster.profile)
        : await machineState(this.#commands, cluster);
    // Starting a running cluster writes its kubeconfig anew.
    return life === "running" && !existsSync(cluster.kubeconfig) ? "stopped" : life;
  }

  async #start(urn: string, inputs: CheckedInputs, size: { cpus: number; memory: number }): Promise<ClusterState> {
    const progress = (line: string): void => this.#engine.progress(urn, line);
    const mark = { owner: ownerOf(urn), instance: inputs.instance };
    writeMark(inputs, mark);
    await startCluster(this.#commands, inputs, { ...inputs, ...size }, progress);
    return await this.#complete(urn, inputs);
  }

  /** Adds to a cluster that runs what Minikube does not bring, and finds out what is known only now. */
  async #complete(urn: string, inputs: CheckedInputs): Promise<ClusterState> {
    const progress = (line: string): void => this.#engine.progress(urn, line);
    progress("enforcing NetworkPolicies");
    const networkPolicy = await enforceNetworkPolicies(this.#commands, inputs, (line) => this.#engine.warn(urn, line));
    const host = await dockerHost(this.#commands, inputs);
    const nodeStarted = inputs.driver === "docker" ? await startTime(this.#commands, inputs.profile) : undefined;
    progress("ready");
    return { ...inputs, dockerHost: host, networkPolicy, ...(nodeStarted === undefined ? {} : { nodeStarted }) };
  }

  /** Removes the cluster if it is ours, and makes sure that nothing of it remains. */
  async #remove(urn: string, cluster: CheckedInputs): Promise<void> {
    const inDocker = cluster.driver === "docker";
    if (inDocker) await availableCapacity(this.#commands, cluster.driver);
    if (isOurs(readMark(cluster), ownerOf(urn), cluster.instance)) {
      await deleteCluster(this.#commands, cluster, (line) => this.#engine.progress(urn, line));
    } else if (existsSync(profileFolder(cluster))) {
      this.#engine.inform(urn, `Minikube profile ${cluster.profile} belongs to somebody else now and is left alone.`);
      return;
    }
    const remains = inDocker ? await thingsNamed(this.#commands, cluster.profile) : [];
    if (existsSync(profileFolder(cluster))) remains.push(`folder ${profileFolder(cluster)}`);
    if (remains.length > 0) {
      throw new UserError(
        `The cluster ${cluster.profile} is not wholly removed. Left: ${remains.join(", ")}.`,
        `Remove that by hand if it is this stack's, for example: docker rm --force --volumes ${cluster.profile}`,
      );
    }
  }
}

/** Minikube's own rule: the folder `.minikube` in `MINIKUBE_HOME`, unless that is such a folder; else in the home. */
function minikubeHome(env: NodeJS.ProcessEnv): string {
  const home = env.MINIKUBE_HOME || homedir();
  return basename(home) === ".minikube" ? home : join(home, ".minikube");
}
