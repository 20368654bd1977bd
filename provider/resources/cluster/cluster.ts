import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import isOlder from "semver/functions/lt.js";
import { availableCapacity, fit } from "../../cluster/docker/capacity.ts";
import type { Commands } from "../../processes/commands.ts";
import { causeOfDelete, isWithheld, protectData } from "./cluster-guard.ts";
import { lookAtContainer, openDns } from "../../cluster/docker/docker.ts";
import type { Capacity } from "../../cluster/docker/docker.ts";
import type { Engine } from "../../engine/engine-log.ts";
import { UserError } from "../../processes/errors.ts";
import type { Holder, LossGuard } from "../../data-loss/loss.ts";
import { dockerHost, startCluster } from "../../cluster/minikube/minikube.ts";
import type { StartOptions, Target } from "../../cluster/minikube/minikube.ts";
import { minikubeHome } from "../../cluster/minikube/minikube-home.ts";
import { wake } from "../../cluster/minikube/node.ts";
import { isOurs, ownerOf, readMark } from "../../cluster/ownership.ts";
import type { Mark } from "../../cluster/ownership.ts";
import { addedPorts, checkPorts } from "../../cluster/ports.ts";
import { checkName } from "../../cluster/profile-name.ts";
import { canBeRepaired, keepCopy, repair } from "../../cluster/minikube/profile-copy.ts";
import { inputsInState } from "../../engine/known-resources.ts";
import { removeCluster, removeRest } from "./cluster-removal.ts";
import { fixed, madeOtherwise, sign } from "./cluster-signature.ts";
import type { Difference, Resource } from "../resource.ts";
import { isAsLeft, orphanOf, standingOf } from "../../data-loss/standing.ts";
import type { Starts } from "./cluster-starts.ts";

/** What the program says about a cluster. */
export interface ClusterInputs extends StartOptions {
  profile: string;
  /** Path of the kubeconfig file, relative to the checkout. */
  kubeconfig: string;
  holder?: Holder;
}

/** What is kept about a cluster: the program's word, and what {@link Resource.check} adds. */
export interface CheckedInputs extends Omit<ClusterInputs, "holder">, Target {
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

const thingOf = ({ home, profile }: { home: string; profile: string }): string => `cluster ${home} ${profile}`;

/**
 * `minikube:index:Cluster`: one Minikube profile and its first node, owned by one stack. A new one is there as soon as
 * images can be built in its daemon; for its Kubernetes waits `minikube:index:ControlPlane`.
 */
export class ClusterResource implements Resource<ClusterInputs, CheckedInputs, ClusterState> {
  readonly #commands: Commands;
  readonly #engine: Engine;
  readonly #env: NodeJS.ProcessEnv;
  readonly #starts: Starts;
  readonly #guard: LossGuard;

  constructor(commands: Commands, engine: Engine, env: NodeJS.ProcessEnv, starts: Starts, guard: LossGuard) {
    this.#commands = commands;
    this.#engine = engine;
    this.#env = env;
    this.#starts = starts;
    this.#guard = guard;
  }

  async check(urn: string, olds: Partial<CheckedInputs>, { holder, ...news }: ClusterInputs): Promise<CheckedInputs> {
    const home = olds.home ?? minikubeHome(this.#env);
    const isFirst = !this.#guard.hasSeen(urn);
    this.#guard.see(urn, holder, thingOf({ ...news, home }));
    const isForced = olds.instance === undefined && isFirst && inputsInState(urn, this.#env) !== undefined;
    // A replacement must be another cluster, although the old one is still there.
    const isReplacement = isForced || (olds.instance === undefined && !isFirst);
    // Also where the state knows another cluster, as one that was put back from an older copy does.
    const adopted = isReplacement
      ? undefined
      : await orphanOf(this.#commands, { ...news, home }, ownerOf(urn), olds.instance);
    const checked = {
      ...news,
      home,
      dockerCertPath: join(home, "certs"),
      instance: adopted?.instance ?? olds.instance ?? randomUUID().slice(0, 8),
    };
    if (isForced) {
      const standing = await standingOf(this.#commands, checked, ownerOf(urn), this.#guard.save);
      await protectData(this.#commands, this.#guard, urn, checked, standing);
    }
    return checked;
  }

  async diff(urn: string, olds: ClusterState, news: CheckedInputs): Promise<Difference> {
    if (news.profile !== olds.profile) {
      throw new UserError(
        `The cluster of this stack is ${olds.profile}; it cannot be renamed to ${news.profile}.`,
        "Destroy it first: npx pulumi destroy. Or make another stack: npx pulumi stack init NAME",
      );
    }
    const old = { ...olds, instance: news.instance };
    const standing = await standingOf(this.#commands, old, ownerOf(urn), this.#guard.save);
    if (isWithheld(this.#guard, urn, old, standing)) return { changes: true };
    // An older copy of the state says how another cluster was made.
    const mark = news.instance === olds.instance ? undefined : readMark(old);
    const isAdopted = mark?.made !== undefined && mark.instance === news.instance;
    const otherwise = isAdopted ? madeOtherwise(news, mark.made) : undefined;
    if (otherwise !== undefined) {
      this.#guard.refuse(urn, otherwise);
      return { changes: true };
    }
    const replaces: string[] = isAdopted ? [] : fixed.filter((key) => !isDeepStrictEqual(olds[key], news[key]));
    if (isOlder(news.kubernetesVersion, olds.kubernetesVersion)) replaces.push("kubernetesVersion");
    const others = replaces.map((key) => (key === "network" ? "network (one node has another than several)" : key));
    if (standing.is !== "there" && others.length === 0) replaces.push("instance");
    if (replaces.length > 0) {
      // The old cluster goes before the new one comes, so what would stop the new one has to be found now.
      if (replaces.includes("ports")) await checkPorts(addedPorts(olds, news.ports, ownerOf(urn)));
      const cause = others.length === 0 ? undefined : `A change of ${others.join(", ")} needs a new cluster`;
      await protectData(this.#commands, this.#guard, urn, old, standing, cause);
      return { changes: true, replaces };
    }
    const isAsItWas = news.kubernetesVersion === olds.kubernetesVersion && news.instance === olds.instance;
    return { changes: !isAsItWas || !(await isAsLeft(old, standing, ownerOf(urn))) };
  }

  async create(urn: string, inputs: CheckedInputs): Promise<{ id: string; state: ClusterState }> {
    const available = await availableCapacity(this.#commands, inputs.driver);
    const size = fit(inputs, available, (line) => this.#engine.inform(urn, line));
    const orphan = await orphanOf(this.#commands, inputs, ownerOf(urn));
    if (orphan?.instance === inputs.instance) return await this.#adopt(urn, inputs, orphan, size);
    const name = await checkName(this.#commands, inputs.driver, inputs, ownerOf(urn));
    if (name === "ours") await removeRest(this.#commands, this.#engine, this.#guard, urn, inputs);
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
    const isSame = news.kubernetesVersion === olds.kubernetesVersion && !canBeRepaired(olds);
    if (!isSame || !(await wake(this.#commands, olds))) {
      const available = await availableCapacity(this.#commands, news.driver);
      const size = fit(news, available, () => undefined);
      await this.#start(urn, news, size);
    } else await sign(this.#commands, urn, news);
    return await this.#stateOf(news);
  }

  async read(urn: string, state: ClusterState): Promise<ClusterState | undefined> {
    return (await standingOf(this.#commands, state, ownerOf(urn))).is === "gone" ? undefined : state;
  }

  async delete(urn: string, state: ClusterState): Promise<void> {
    if (this.#guard.hasOtherName(urn, thingOf(state))) {
      this.#engine.inform(urn, `The cluster ${state.profile} is kept: the program registers it by another name now.`);
      return;
    }
    const standing = await standingOf(this.#commands, state, ownerOf(urn));
    if (standing.is === "elsewhere") isWithheld(this.#guard, urn, state, standing);
    if (this.#guard.hasProgram) {
      const cause = causeOfDelete(this.#guard, urn, state);
      await protectData(this.#commands, this.#guard, urn, state, standing, cause);
    }
    await removeCluster(this.#commands, this.#engine, urn, state);
    rmSync(state.kubeconfig, { force: true });
  }

  /** Takes over a cluster that the state does not know, with its data. */
  async #adopt(
    urn: string,
    inputs: CheckedInputs,
    { made }: Mark,
    size: Capacity,
  ): Promise<{ id: string; state: ClusterState }> {
    const otherwise = madeOtherwise(inputs, made);
    if (otherwise !== undefined) throw otherwise;
    this.#engine.inform(
      urn,
      `The state of this stack was lost: its cluster ${inputs.profile} is taken over, with its data.`,
    );
    if (canBeRepaired(inputs) || !(await wake(this.#commands, inputs))) {
      await this.#start(urn, inputs, size);
    }
    return { id: inputs.profile, state: await this.#stateOf(inputs) };
  }

  /** Begins a cluster's first start, and waits until its daemon can be used. One that cannot be started is removed. */
  async #begin(urn: string, inputs: CheckedInputs, size: Capacity): Promise<ClusterState> {
    await sign(this.#commands, urn, inputs, false);
    const start = this.#starts.begin(inputs.instance, urn, async (progress, onDaemon) => {
      try {
        await this.#start(urn, inputs, size, progress, onDaemon);
      } catch (error) {
        // After a cancel no command runs any more; the mark lets the next `up` remove what is there.
        await removeCluster(this.#commands, this.#engine, urn, inputs).catch(() => undefined);
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
    repair(inputs);
    // From one with another address Minikube would drop the certificates, and wait for a server it does not trust.
    rmSync(inputs.kubeconfig, { force: true });
    await startCluster(this.#commands, inputs, { ...inputs, ...size }, progress, onDaemon);
    await sign(this.#commands, urn, inputs);
    keepCopy(inputs);
  }

  /** Finds out what is known only of a node that runs. */
  async #stateOf(inputs: CheckedInputs): Promise<ClusterState> {
    const host = await dockerHost(this.#commands, inputs);
    const { startedAt } = inputs.driver === "docker" ? await lookAtContainer(this.#commands, inputs.profile) : {};
    return { ...inputs, dockerHost: host, ...(startedAt === undefined ? {} : { nodeStarted: startedAt }) };
  }
}
