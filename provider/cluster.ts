import { randomUUID } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import semver from "semver";
import { availableCapacity, fit } from "./capacity.ts";
import type { Commands } from "./commands.ts";
import { isReady } from "./api-server.ts";
import { lookAtContainer, openDns, removeVolume, thingsNamed } from "./docker.ts";
import type { Capacity, ContainerState } from "./docker.ts";
import type { Engine } from "./engine.ts";
import { UserError } from "./errors.ts";
import { deleteCluster, dockerHost, minikubeHome, startCluster } from "./minikube.ts";
import type { StartOptions, Target } from "./minikube.ts";
import { nodeState, wake } from "./node.ts";
import { isOurs, ownerOf, profileFolder, readMark, writeMark } from "./ownership.ts";
import type { Mark } from "./ownership.ts";
import { checkName, checkPorts } from "./preflight.ts";
import { canBeMended, keepCopy, mend } from "./profile-copy.ts";
import type { Difference, Resource } from "./resource.ts";
import type { Starts } from "./starts.ts";

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

/** What is known once the node runs. */
export interface ClusterState extends CheckedInputs {
  /** `tcp://ADDRESS:PORT` of the cluster's Docker daemon. */
  dockerHost: string;
  /** When the node was started last, in ISO 8601; with the docker driver alone. */
  nodeStarted?: string;
}

/** What Minikube cannot change about a cluster that exists. */
const fixed = ["driver", "cpus", "memory", "ports", "containerRuntime"] as const;

/**
 * `minikube:index:Cluster`: one Minikube profile with one node, owned by one stack. A new one is there as soon as images can be
 * built in its daemon; for its Kubernetes waits `minikube:index:ControlPlane`.
 */
export class ClusterResource implements Resource<ClusterInputs, CheckedInputs, ClusterState> {
  readonly #commands: Commands;
  readonly #engine: Engine;
  readonly #env: NodeJS.ProcessEnv;
  readonly #starts: Starts;
  /** The clusters that Pulumi's state knows. */
  readonly #known = new Set<string>();

  constructor(commands: Commands, engine: Engine, env: NodeJS.ProcessEnv, starts: Starts) {
    this.#commands = commands;
    this.#engine = engine;
    this.#env = env;
    this.#starts = starts;
  }

  async check(urn: string, olds: Partial<CheckedInputs>, news: ClusterInputs): Promise<CheckedInputs> {
    const home = olds.home ?? minikubeHome(this.#env);
    if (olds.instance !== undefined) this.#known.add(urn);
    const adopted = this.#known.has(urn) ? undefined : await this.#orphan(urn, { ...news, home });
    return {
      ...news,
      home,
      dockerCertPath: join(home, "certs"),
      instance: olds.instance ?? adopted?.instance ?? randomUUID().slice(0, 8),
    };
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
      this.#engine.warn(
        urn,
        `Another ${replaces.join(", ")} means another cluster: all data in ${olds.profile} will be lost. ` +
          "To keep them, now: npm run backup. Afterwards: npm run restore -- backups/FILE",
      );
      return { changes: true, replaces };
    }
    const life = await this.#life(olds);
    // A start that did not come to its end leaves nothing that is worth keeping.
    if (life === "missing" || readMark(olds)?.made === undefined) return { changes: true, replaces: ["instance"] };
    return { changes: life !== "running" || news.kubernetesVersion !== olds.kubernetesVersion };
  }

  async create(urn: string, inputs: CheckedInputs): Promise<{ id: string; state: ClusterState }> {
    const available = await availableCapacity(this.#commands, inputs.driver);
    const size = fit(inputs, available, (line) => this.#engine.inform(urn, line));
    const orphan = await this.#orphan(urn, inputs);
    if (orphan?.instance === inputs.instance) return await this.#adopt(urn, inputs, orphan, size);
    const name = await checkName(this.#commands, inputs.driver, inputs, ownerOf(urn));
    if (name === "ours") await this.#remove(urn, inputs);
    await checkPorts(inputs.ports);
    return { id: inputs.profile, state: await this.#begin(urn, inputs, size) };
  }

  async update(urn: string, olds: ClusterState, news: CheckedInputs): Promise<ClusterState> {
    if (!isOurs(readMark(olds), ownerOf(urn), olds.instance)) {
      throw new UserError(
        `Minikube profile ${olds.profile} is not the one that this stack has made.`,
        "See whose it is: minikube profile list",
      );
    }
    // Minikube restarts every pod when it starts a cluster that runs: what can do without goes on as it is.
    const isSame = news.kubernetesVersion === olds.kubernetesVersion && !canBeMended(olds);
    if (!isSame || !(await wake(this.#commands, olds))) {
      const available = await availableCapacity(this.#commands, news.driver);
      const size = fit(news, available, () => undefined);
      await this.#start(urn, news, size);
    }
    return await this.#stateOf(news);
  }

  async read(_urn: string, state: ClusterState): Promise<ClusterState | undefined> {
    return (await this.#life(state)) === "missing" ? undefined : state;
  }

  async delete(urn: string, state: ClusterState): Promise<void> {
    await this.#remove(urn, state);
    rmSync(state.kubeconfig, { force: true });
  }

  async #life(cluster: CheckedInputs): Promise<ContainerState> {
    if (readMark(cluster)?.instance !== cluster.instance) return "missing";
    const life = await nodeState(this.#commands, cluster);
    // Whatever is wrong with it, an update puts right.
    return life === "running" && (canBeMended(cluster) || !(await isReady(cluster))) ? "stopped" : life;
  }

  /** The mark of a cluster that this stack has made, and that is there, although Pulumi's state was lost. */
  async #orphan(urn: string, cluster: ClusterInputs & { home: string }): Promise<Mark | undefined> {
    const mark = readMark(cluster);
    if (mark?.made === undefined || mark.owner !== ownerOf(urn)) return undefined;
    const state = await nodeState(this.#commands, cluster);
    return state === "missing" || state === "unknown" ? undefined : mark;
  }

  /** Takes over an {@link #orphan} with its data. */
  async #adopt(
    urn: string,
    inputs: CheckedInputs,
    { made }: Mark,
    size: Capacity,
  ): Promise<{ id: string; state: ClusterState }> {
    const others = fixed.filter((key) => !isDeepStrictEqual(made?.[key], inputs[key]));
    if (others.length > 0) {
      const was = others.map((key) => `${key} ${JSON.stringify(made?.[key])}`).join(", ");
      throw new UserError(
        `Cluster ${inputs.profile} of this stack, which its state does not know any more, was made with ${was}.`,
        "To keep it and its data, set that again: npx pulumi config set KEY VALUE. " +
          `To remove it: MINIKUBE_HOME=${inputs.home} minikube -p ${inputs.profile} delete`,
      );
    }
    this.#engine.inform(
      urn,
      `The state of this stack was lost: its cluster ${inputs.profile} is taken over, with its data.`,
    );
    if (canBeMended(inputs) || !(await wake(this.#commands, inputs))) {
      await this.#start(urn, inputs, size);
    }
    return { id: inputs.profile, state: await this.#stateOf(inputs) };
  }

  /** Begins the first start of a cluster, and waits until its daemon can be used. A cluster that cannot be started is removed. */
  async #begin(urn: string, inputs: CheckedInputs, size: Capacity): Promise<ClusterState> {
    writeMark(inputs, { owner: ownerOf(urn), instance: inputs.instance });
    const start = this.#starts.begin(inputs.instance, urn, async (progress, onDaemon) => {
      try {
        await this.#start(urn, inputs, size, progress, onDaemon);
      } catch (error) {
        // After a cancel no command runs any more; the mark lets the next `up` remove what is there.
        await this.#remove(urn, inputs).catch(() => undefined);
        throw error;
      }
    });
    // No other driver says when its daemon is as it will stay.
    const canBuild =
      inputs.driver === "docker" && (await start.daemon.then(() => openDns(this.#commands, inputs.profile)));
    if (!canBuild) await start.end;
    return await this.#stateOf(inputs).catch(async () => {
      await start.end;
      return await this.#stateOf(inputs);
    });
  }

  async #start(
    urn: string,
    inputs: CheckedInputs,
    size: Capacity,
    progress = (line: string): void => this.#engine.progress(urn, line),
    onDaemon?: () => void,
  ): Promise<void> {
    mend(inputs);
    // From one with another address Minikube would drop the embedded certificates, and then wait for a server it does not trust.
    rmSync(inputs.kubeconfig, { force: true });
    await startCluster(this.#commands, inputs, { ...inputs, ...size }, progress, onDaemon);
    const made = Object.fromEntries(fixed.map((key) => [key, inputs[key]]));
    writeMark(inputs, { owner: ownerOf(urn), instance: inputs.instance, made });
    keepCopy(inputs);
  }

  /** Finds out what is known only of a node that runs. */
  async #stateOf(inputs: CheckedInputs): Promise<ClusterState> {
    const host = await dockerHost(this.#commands, inputs);
    const { startedAt } = inputs.driver === "docker" ? await lookAtContainer(this.#commands, inputs.profile) : {};
    return { ...inputs, dockerHost: host, ...(startedAt === undefined ? {} : { nodeStarted: startedAt }) };
  }

  /** Removes the cluster if it is ours, and makes sure that nothing of it remains. */
  async #remove(urn: string, cluster: CheckedInputs): Promise<void> {
    const inDocker = cluster.driver === "docker";
    if (inDocker) await availableCapacity(this.#commands, cluster.driver);
    if (isOurs(readMark(cluster), ownerOf(urn), cluster.instance)) {
      await deleteCluster(this.#commands, cluster, (line) => this.#engine.progress(urn, line));
      if (inDocker) await removeVolume(this.#commands, cluster.profile);
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
