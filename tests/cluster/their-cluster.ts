import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import { environment } from "../../machine/tool-environment.ts";
import { ClusterView } from "../helpers/cluster/cluster-view.ts";
import { dockerTraces } from "../helpers/cluster/docker-engine.ts";
import { WorkingCopy } from "../helpers/working-copy.ts";

const config = { profile: "todo-theirs", port: "30287", cpus: "2", memory: "4096", nodes: "3" };
const { profile } = config;

/** A kubeconfig, as much as is read of it. */
interface Config {
  clusters: object[];
  contexts: { name: string; context: object }[];
  users: object[];
}

/**
 * A cluster of somebody else, with three nodes and an application of theirs: a stack of another checkout, whose pods
 * rest, because two processors have no room for those of two stacks.
 */
export class TheirCluster {
  /** The namespace of their application. */
  static readonly namespace = "todo";
  readonly nodes = [profile, `${profile}-m02`, `${profile}-m03`] as const;
  readonly copy: WorkingCopy;

  private constructor(copy: WorkingCopy) {
    this.copy = copy;
  }

  static async start(): Promise<TheirCluster> {
    const theirs = new TheirCluster(await WorkingCopy.create("theirs", config));
    try {
      await theirs.copy.up();
      const scale = ["scale", "--namespace", TheirCluster.namespace, "--replicas=0"];
      await theirs.kubectl(...scale, "deployment", "--all");
      await theirs.kubectl(...scale, "statefulset", "--all");
      return theirs;
    } catch (error) {
      await theirs.stop();
      throw error;
    }
  }

  /** What is in a namespace of it. */
  view(namespace: string): ClusterView {
    return new ClusterView(this.#kubeconfig, namespace);
  }

  /** Its id. */
  async id(): Promise<string> {
    const { metadata } = await this.view(TheirCluster.namespace).core.readNamespace({ name: "kube-system" });
    return metadata?.uid ?? "";
  }

  async kubectl(...args: string[]): Promise<string> {
    return await this.#minikube("kubectl", "-p", profile, "--", `--context=${profile}`, ...args);
  }

  /** Takes a node away, as a machine that fails. */
  async kill(node: string): Promise<void> {
    await execa("docker", ["kill", node]);
  }

  /** Starts a node again that was killed. */
  async startAgain(node: string): Promise<void> {
    await this.#minikube("node", "start", node.slice(profile.length + 1), "-p", profile);
    await this.kubectl("wait", "--for=condition=Ready", `node/${node}`, "--timeout=180s");
  }

  /** A kubeconfig with the context `theirs`, whose current context leads somewhere else: to a server of this test. */
  async kubeconfigWithTrap(server: string): Promise<string> {
    const config = parse(await readFile(this.#kubeconfig, "utf8")) as Config;
    const [theirs] = config.contexts;
    return stringify({
      ...config,
      clusters: [...config.clusters, { name: "trap", cluster: { server, "insecure-skip-tls-verify": true } }],
      contexts: [
        { name: "theirs", context: theirs?.context },
        { name: "trap", context: { cluster: "trap", user: "trap" } },
      ],
      users: [...config.users, { name: "trap", user: { token: "trap" } }],
      "current-context": "trap",
    });
  }

  /** Everything that they have made, to the byte: the namespaces, and all of theirs. */
  async everything(): Promise<string> {
    const kinds = (await this.kubectl("api-resources", "--verbs=list", "--namespaced", "--output=name"))
      .split("\n")
      // What the cluster itself writes all the time.
      .filter((kind) => kind !== "" && !/^(events|leases|endpoints|pods\.metrics)/.test(kind));
    const [namespaces, objects] = await Promise.all([
      this.kubectl("get", "namespaces", "--output=json"),
      this.kubectl("get", kinds.join(), "--namespace", TheirCluster.namespace, "--output=json"),
    ]);
    return namespaces + objects;
  }

  async stop(): Promise<string[]> {
    await this.copy.succeed("pulumi", ["destroy", "--yes", "--skip-preview", "--stack", this.copy.stack]);
    const traces = await dockerTraces(profile);
    await this.copy.remove();
    return traces;
  }

  async #minikube(...args: string[]): Promise<string> {
    return (await execa("minikube", args, { env: { ...environment(), KUBECONFIG: this.#kubeconfig } })).stdout;
  }

  get #kubeconfig(): string {
    return join(this.copy.folder, ".state", `${profile}.kubeconfig`);
  }
}
