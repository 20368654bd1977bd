import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { silentVariable } from "../../processes/user-environment.ts";
import { minikubeHome } from "../minikube/minikube-home.ts";

/** A context of a kubeconfig file: the way to one cluster. */
export interface ContextRef {
  /** Path of the file, relative to the checkout. */
  kubeconfig: string;
  /** Its context; which one is current does not matter, since other tools may have changed that. */
  context: string;
  /** Minikube's home, whose authority the cluster must have. In a state of an older version it is missing. */
  home?: string;
  /** The id of a cluster that was there already: uid of its namespace kube-system. In place of {@link home}. */
  clusterId?: string;
}

/** The address of an API server, and the certificates, as PEM, by which both sides know each other. */
export interface Access {
  server: string;
  ca: Buffer;
  cert: Buffer;
  key: Buffer;
}

interface Named {
  name: string;
}

/** As much of a kubeconfig as Minikube writes: certificates embedded in base64. */
interface Kubeconfig {
  contexts?: (Named & { context: { cluster: string; user: string } })[];
  clusters?: (Named & { cluster: { server: string; "certificate-authority-data": string } })[];
  users?: (Named & { user: { "client-certificate-data": string; "client-key-data": string } })[];
}

/**
 * Reads how the stack's own cluster is reached: by the context of its name alone, by TLS, and only while it has the
 * authority of Minikube's home. There is one other way to a Kubernetes in this project: see `existing-access.ts`.
 * @param ref its `home` is by default the one of this process's environment.
 * @throws Error when the file or the context is not there, not as Minikube writes it, or leads to any other cluster,
 * and when the cluster is known not to answer. Nobody is asked.
 */
export async function readOwnAccess(ref: ContextRef): Promise<Access> {
  if (process.env[silentVariable] !== undefined) throw new Error(`the cluster of ${ref.kubeconfig} does not answer`);
  const access = await readAccess(ref);
  const authority = await readFile(join(ref.home ?? minikubeHome(process.env), "ca.crt"));
  if (access.server.startsWith("https:") && access.ca.equals(authority)) return access;
  throw new Error(`${ref.kubeconfig} leads to a cluster that is not Minikube's`);
}

async function readAccess({ kubeconfig, context: name }: ContextRef): Promise<Access> {
  const { contexts, clusters, users } = (parse(await readFile(kubeconfig, "utf8")) ?? {}) as Kubeconfig;
  const context = contexts?.find((each) => each.name === name)?.context;
  const cluster = clusters?.find((each) => each.name === context?.cluster)?.cluster;
  const user = users?.find((each) => each.name === context?.user)?.user;
  if (cluster === undefined || user === undefined) throw new Error(`${kubeconfig} has no context ${name}`);
  return {
    server: cluster.server,
    ca: Buffer.from(cluster["certificate-authority-data"], "base64"),
    cert: Buffer.from(user["client-certificate-data"], "base64"),
    key: Buffer.from(user["client-key-data"], "base64"),
  };
}
