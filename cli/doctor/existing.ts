import { IdForbidden, idOf, openExisting } from "../../provider/cluster/kubernetes/existing-access.ts";
import { messageOf } from "../../provider/processes/errors.ts";
import type { Commands } from "../../provider/processes/commands.ts";
import { ApiError, ask, ifThere } from "../../provider/cluster/kubernetes/connection.ts";
import type { Connection } from "../../provider/cluster/kubernetes/connection.ts";
import { factsOf } from "../../provider/cluster/kubernetes/existing-facts.ts";
import type { ClusterFacts } from "../../provider/cluster/kubernetes/existing-facts.ts";
import { installBuilder, lacksBuilder, presenceOf, registryHostOf } from "../../provider/images/registry.ts";
import type { TargetFacts } from "../../pulumi/existing-target.ts";
import { checkout } from "../../machine/paths.ts";
import { needsOf } from "./needs.ts";
import type { Needs } from "./needs.ts";
import { quotasOf } from "./quotas.ts";
import { fail, pass, warn } from "./verdicts.ts";
import type { Finding } from "./verdicts.ts";

/**
 * Says of each thing that a stack needs of a cluster that is there how it is. Changes nothing, and asks no other
 * cluster.
 * @param folder the checkout.
 */
export const onExisting = async (
  target: TargetFacts,
  commands: Commands,
  folder: string = checkout,
): Promise<Finding[]> => {
  const images = [
    onRegistry(target, await presenceOf(commands, `${target.registry}/todo-backend:doctor`)),
    (await lacksBuilder(commands))
      ? fail("buildx", "missing", installBuilder)
      : pass("buildx", "Docker can build images"),
  ];
  let needs: Needs;
  try {
    needs = needsOf(target, folder);
  } catch (error) {
    return [...images, unreadable(target, error)];
  }
  let connection: Connection;
  try {
    connection = await openExisting(target);
  } catch (error) {
    return [...images, unreachable(target, error)];
  }
  try {
    const id = await idOf(connection);
    if (id !== target.clusterId) return [...images, otherCluster(target, id)];
    const facts = await factsOf(connection);
    return [
      ...images,
      pass("target", `context ${target.context} leads to ${facts.server}, cluster ${id}, ${facts.version}`),
      onArchitecture(target, facts),
      await onRights(target, needs, connection),
      ...(target.isDatabaseOutside ? [] : [await onStorage(needs, connection)]),
      ...(await onFront(needs, connection)),
      await onQuota(target, connection),
    ];
  } catch (error) {
    return [...images, unreachable(target, error)];
  } finally {
    connection.agent.destroy();
  }
};

const unreadable = ({ values }: TargetFacts, error: unknown): Finding => {
  const why = messageOf(error);
  const next = "Type, for example: npx pulumi config set values charts/todo/examples/eks.yaml";
  return fail("values", `the file ${values} cannot be read: ${why}`, next);
};

const unreachable = ({ context }: TargetFacts, error: unknown): Finding => {
  const why = messageOf(error);
  const next = error instanceof IdForbidden ? error.next : "See: kubectl config get-contexts";
  return fail("target", `the cluster of context ${context} cannot be asked: ${why}`, next);
};

const otherCluster = ({ context, clusterId }: TargetFacts, id: string): Finding => {
  const what = clusterId === "" ? "clusterId is not set" : `clusterId is ${clusterId}`;
  const next = `If context ${context} is the one, type: npx pulumi config set clusterId ${id}`;
  return fail("target", `${what}, and context ${context} leads to the cluster ${id}`, next);
};

const onRegistry = ({ registry }: TargetFacts, presence: Awaited<ReturnType<typeof presenceOf>>): Finding => {
  if (presence.is !== "unknown") return pass("registry", `${registry} answers`);
  const next = `Sign in: docker login ${registryHostOf(registry)}`;
  return fail("registry", `${registry} cannot be asked: ${presence.reason}`, next);
};

const onArchitecture = ({ platform }: TargetFacts, { nodes }: ClusterFacts): Finding => {
  const name = "architecture";
  if (nodes === undefined) return warn(name, "you may not list the nodes", `See that they run ${platform}.`);
  const fitting = nodes.filter(({ os, architecture }) => `${os}/${architecture}` === platform).length;
  const text = `${fitting} of ${nodes.length} nodes run ${platform}`;
  return fitting > 0 ? pass(name, text) : fail(name, text, "Type: npx pulumi config set platform linux/ARCHITECTURE");
};

const onRights = async ({ namespace }: TargetFacts, { made }: Needs, connection: Connection): Promise<Finding> => {
  const missing: string[] = [];
  for (const [group, resource] of made) {
    for (const verb of ["create", "delete"]) {
      const attributes = { namespace, group, resource, verb };
      if (!(await isAllowed(connection, attributes))) missing.push(`${verb} ${resource}`);
    }
  }
  if (missing.length > 0) {
    const text = `in the namespace ${namespace} you may not ${missing.join(", ")}`;
    return fail("rights", text, "Ask who runs the cluster for the role admin in that namespace.");
  }
  const mayMake = await isAllowed(connection, { resource: "namespaces", verb: "create", group: "" });
  if (mayMake || (await isThere(connection, `/api/v1/namespaces/${namespace}`))) {
    return pass("rights", `everything in the namespace ${namespace}${mayMake ? ", and to make it" : ""}`);
  }
  const next = "Ask who runs the cluster to make it for this stack: docs/production.md says how.";
  return fail("rights", `there is no namespace ${namespace}, and you may not make one`, next);
};

const isAllowed = async (connection: Connection, resourceAttributes: object): Promise<boolean> => {
  const kind = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview" };
  const body = { ...kind, spec: { resourceAttributes } };
  const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  const answer = await ask(connection, "POST", path, { body, type: "application/json" });
  return (JSON.parse(answer) as { status?: { allowed?: boolean } }).status?.allowed === true;
};

const onStorage = async ({ storageClass }: Needs, connection: Connection): Promise<Finding> => {
  const name = "storage class";
  const next = "See: kubectl get storageclasses. Then type: npx pulumi config set storageClass NAME";
  try {
    const answer = await ask(connection, "GET", "/apis/storage.k8s.io/v1/storageclasses");
    const { items } = JSON.parse(answer) as { items: { metadata: { name: string; annotations?: object } }[] };
    const isDefault = "storageclass.kubernetes.io/is-default-class";
    const found = items.find(({ metadata }) =>
      storageClass === ""
        ? Object.entries(metadata.annotations ?? {}).some(([key, value]) => key === isDefault && value === "true")
        : metadata.name === storageClass,
    );
    if (found !== undefined) return pass(name, found.metadata.name);
    return fail(name, storageClass === "" ? "the cluster has no default" : `there is no ${storageClass}`, next);
  } catch (error) {
    return notSaid(name, error, next);
  }
};

/** What leads to the application from outside. */
const onFront = async ({ ingressClass, gateway }: Needs, connection: Connection): Promise<Finding[]> => {
  const [space = "", gatewayName = ""] = gateway?.split("/") ?? [];
  const classes = "/apis/networking.k8s.io/v1/ingressclasses";
  const gateways = `/apis/gateway.networking.k8s.io/v1/namespaces/${space}/gateways`;
  return [
    ...(gateway === undefined
      ? []
      : [await onWay(connection, "Gateway", gateway, `${gateways}/${gatewayName}`, "gateways --all-namespaces")]),
    ...(ingressClass === undefined
      ? []
      : [await onWay(connection, "ingress class", ingressClass, `${classes}/${ingressClass}`, "ingressclasses")]),
  ];
};

/** @param all what to have kubectl list. */
const onWay = async (
  connection: Connection,
  name: string,
  wanted: string,
  path: string,
  all: string,
): Promise<Finding> => {
  const next = `See: kubectl get ${all}`;
  try {
    return (await isThere(connection, path)) ? pass(name, wanted) : fail(name, `there is no ${wanted}`, next);
  } catch (error) {
    return notSaid(name, error, next);
  }
};

const onQuota = async ({ namespace }: TargetFacts, connection: Connection): Promise<Finding> => {
  const next = `See: kubectl --namespace ${namespace} describe resourcequotas`;
  try {
    const quotas = await quotasOf(connection, namespace);
    const full = quotas.filter(({ isFull }) => isFull).map(({ text }) => text);
    if (full.length > 0) return fail("quota", `used up: ${full.join(", ")}`, next);
    return pass("quota", quotas.length === 0 ? "none" : quotas.map(({ text }) => text).join(", "));
  } catch (error) {
    return notSaid("quota", error, next);
  }
};

const isThere = async (connection: Connection, path: string): Promise<boolean> =>
  (await ifThere(ask(connection, "GET", path))) !== undefined;

/** A user who may use something need not be allowed to look at it. */
const notSaid = (name: string, error: unknown, next: string): Finding => {
  if (!(error instanceof ApiError && error.status === 403)) throw error;
  return warn(name, "you may not look", next);
};
