import { randomUUID } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { connectTo } from "../../cluster/kubernetes/connection.ts";
import type { Engine } from "../../engine/engine-log.ts";
import { messageOf, UserError } from "../../processes/errors.ts";
import { IdForbidden, idOf, openExisting, OtherCluster, refusalOf } from "../../cluster/kubernetes/existing-access.ts";
import { factsOf } from "../../cluster/kubernetes/existing-facts.ts";
import type { ClusterFacts } from "../../cluster/kubernetes/existing-facts.ts";
import { stackOf } from "../../cluster/ownership.ts";
import type { Difference, Resource } from "../resource.ts";

/** What the program says about a cluster that is there already. */
export interface ExistingClusterInputs {
  /** Path of the copy of its context, relative to the checkout. */
  kubeconfig: string;
  context: string;
  /** The uid of its namespace kube-system; empty when nobody has said it yet. */
  clusterId: string;
  /** The namespace of the application. */
  namespace: string;
  /** Where images go: `ghcr.io/acme`. */
  registry: string;
  /** What images are made for: `linux/amd64`. */
  platform: string;
  /** Whether the program runs in a preview, which needs no cluster. Kept in no state. */
  isPreview?: boolean;
}

/** What is kept about the cluster. */
export interface ExistingClusterState extends Omit<ExistingClusterInputs, "isPreview"> {
  /** By what this stack knows its own namespaces: `todo-stack/prod/1a2b3c4d`. Kept from the first `up` on. */
  owner: string;
}

/**
 * `minikube:index:ExistingCluster`: a cluster that is there, which the stack uses and neither makes nor starts nor
 * removes. It lets nothing be done in any other cluster than the one with the id of the settings.
 */
export class ExistingClusterResource implements Resource<
  ExistingClusterInputs,
  ExistingClusterState,
  ExistingClusterState
> {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async check(
    urn: string,
    olds: Partial<ExistingClusterState>,
    { isPreview = false, ...news }: ExistingClusterInputs,
  ): Promise<ExistingClusterState> {
    if (olds.clusterId !== undefined && olds.clusterId !== news.clusterId) throw anotherCluster(urn, olds, news);
    if (news.clusterId === "") throw await whichId(news);
    try {
      const facts = await this.#look(news);
      this.#engine.inform(urn, summary(urn, news, facts));
      mustRun(news, facts);
    } catch (error) {
      if (error instanceof UserError) throw error;
      if (error instanceof OtherCluster) throw refusalOf(error, news.context);
      const problem = unreachable(news, error);
      if (!isPreview) throw problem;
      this.#engine.warn(urn, `${problem.message}\n  The preview goes on without what only the cluster knows.`);
    }
    return { ...news, owner: olds.owner ?? `${projectOf(urn)}/${stackOf(urn)}/${randomUUID().slice(0, 8)}` };
  }

  diff(_urn: string, olds: ExistingClusterState, news: ExistingClusterState): Promise<Difference> {
    const keys = ["kubeconfig", "context", "clusterId", "namespace", "registry", "platform", "owner"] as const;
    return Promise.resolve({ changes: keys.some((key) => olds[key] !== news[key]) });
  }

  create(_urn: string, inputs: ExistingClusterState): Promise<{ id: string; state: ExistingClusterState }> {
    return Promise.resolve({ id: inputs.clusterId, state: inputs });
  }

  read(_urn: string, state: ExistingClusterState): Promise<ExistingClusterState> {
    return Promise.resolve(state);
  }

  update(_urn: string, _olds: ExistingClusterState, news: ExistingClusterState): Promise<ExistingClusterState> {
    return Promise.resolve(news);
  }

  /** Removes the copy of the context. The cluster is not the stack's. */
  delete(_urn: string, state: ExistingClusterState): Promise<void> {
    rmSync(state.kubeconfig, { force: true });
    return Promise.resolve();
  }

  async #look(inputs: ExistingClusterInputs): Promise<ClusterFacts> {
    const connection = await connectTo(inputs);
    try {
      return await factsOf(connection);
    } finally {
      connection.agent.destroy();
    }
  }
}

const projectOf = (urn: string): string => urn.split("::")[1] ?? "";

/** What this run is about, in one line. */
function summary(urn: string, inputs: ExistingClusterInputs, { server, version, nodes }: ClusterFacts): string {
  const { context, clusterId, namespace, registry } = inputs;
  const architectures = [...new Set(nodes?.map(({ architecture }) => architecture))].join(" and ");
  const size = nodes === undefined ? "nodes not listed" : `${nodes.length} nodes ${architectures}`;
  const cluster = `${server}, cluster ${clusterId}, ${size}, ${version}`;
  return `${stackOf(urn)} → context ${context}, ${cluster}, namespace ${namespace}, images to ${registry}`;
}

/** @throws UserError when no node runs images of the platform. */
function mustRun({ platform, context }: ExistingClusterInputs, { nodes }: ClusterFacts): void {
  if (nodes === undefined || nodes.length === 0) return;
  const platforms = [...new Set(nodes.map(({ os, architecture }) => `${os}/${architecture}`))];
  if (platforms.includes(platform)) return;
  throw new UserError(
    `Images are made for ${platform}, and the nodes of context ${context} run ${platforms.join(", ")}.`,
    `Nothing was changed. Type: npx pulumi config set platform ${platforms[0] ?? ""}`,
  );
}

function anotherCluster(urn: string, olds: Partial<ExistingClusterState>, news: ExistingClusterInputs): UserError {
  return new UserError(
    `The stack ${stackOf(urn)} is in the cluster ${olds.clusterId ?? ""}, and clusterId is ${news.clusterId || "empty"} now.`,
    `Nothing was changed. Type: npx pulumi config set clusterId ${olds.clusterId ?? ""}. For another cluster make another stack: ` +
      "npx pulumi stack init NAME",
  );
}

/** Says the id of the cluster to which the context leads, so that a person can decide. */
async function whichId(inputs: ExistingClusterInputs): Promise<UserError> {
  const { context } = inputs;
  const what = "The setting clusterId is missing. It names the one cluster that this stack may change.";
  try {
    const connection = await openExisting(inputs);
    try {
      const id = await idOf(connection);
      const where = `Context ${context} leads to ${connection.server}, whose id is ${id}.`;
      return new UserError(`${what} ${where}`, `If that is the one, type: npx pulumi config set clusterId ${id}`);
    } finally {
      connection.agent.destroy();
    }
  } catch (error) {
    const get = "kubectl get namespace kube-system --output jsonpath={.metadata.uid}";
    return new UserError(
      `${what} The cluster of context ${context} cannot be asked: ${messageOf(error)}.`,
      `${error instanceof IdForbidden ? error.next : `Find it out: ${get} --context ${context}.`} Then type: npx pulumi config set clusterId ID`,
      error,
    );
  }
}

function unreachable({ context, kubeconfig }: ExistingClusterInputs, error: unknown): UserError {
  // A program that the kubeconfig names and that is not there is ENOENT too.
  const why = !existsSync(kubeconfig) ? `no kubeconfig of yours has a context ${context}` : messageOf(error);
  const next =
    error instanceof IdForbidden ? error.next : `Try: kubectl --context ${context} get namespace kube-system.`;
  return new UserError(
    `The cluster of context ${context} cannot be asked: ${why}.`,
    `Nothing was changed. ${next} Its copy for this stack is ${kubeconfig}.`,
    error,
  );
}
