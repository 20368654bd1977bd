import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { existingValues } from "../../components/lib/existing-values.ts";
import { merge } from "../../components/lib/merge-values.ts";
import type { TargetFacts } from "../../pulumi/existing-target.ts";

/** What a stack asks of the cluster of others that it is to run in. */
export interface Needs {
  /** Empty for the cluster's default. */
  storageClass: string;
  /** Undefined where no Ingress leads to the application. */
  ingressClass: string | undefined;
  /** `NAMESPACE/NAME`; undefined where no Gateway leads to the application. */
  gateway: string | undefined;
  /** What Helm makes in the namespace, by API group. */
  made: [group: string, resource: string][];
}

/** As much as is read of the chart's values. */
interface Values {
  ingress: { enabled: boolean; className: string };
  gateway: { enabled: boolean; namespace: string; name: string };
  postgres: { storage: { className: string } };
  backup: { enabled: boolean };
  operations: { mode: string };
  aiops: { operator: { enabled: boolean }; reader: { enabled: boolean } };
}

/**
 * Finds out what a stack asks for, by the values that its release gets.
 * @param folder the checkout.
 * @throws Error when a file of values cannot be read.
 */
export const needsOf = (target: TargetFacts, folder: string): Needs => {
  const { ingress, gateway, postgres, ...parts } = valuesOf(target, folder);
  return {
    storageClass: postgres.storage.className,
    ingressClass: ingress.enabled ? ingress.className : undefined,
    gateway: gateway.enabled ? `${gateway.namespace || target.namespace}/${gateway.name}` : undefined,
    made: [...always, ...inFront(ingress.enabled, gateway.enabled), ...optional(parts)],
  };
};

/** The values of the release, as far as they say what is made. */
const valuesOf = (target: TargetFacts, folder: string): Values => {
  const defaults = parse(readFileSync(join(folder, "charts/todo/values.yaml"), "utf8")) as object;
  const values =
    target.values === "" ? {} : (parse(readFileSync(resolve(folder, target.values), "utf8")) as object | null);
  const settings = { ...target, host: "", tlsSecret: "", certIssuer: "", values: values ?? {} };
  const application = {
    aiops: { reader: { enabled: target.reader } },
    ...(target.operations === "off" ? {} : { operations: { mode: target.operations } }),
  };
  return merge(merge(defaults, existingValues(settings, folder)), application) as unknown as Values;
};

const always: Needs["made"] = [
  ...["configmaps", "persistentvolumeclaims", "secrets", "serviceaccounts", "services"].map(
    (resource): [string, string] => ["", resource],
  ),
  ["apps", "deployments"],
  ["apps", "statefulsets"],
  ["autoscaling", "horizontalpodautoscalers"],
  ["networking.k8s.io", "networkpolicies"],
  ["policy", "poddisruptionbudgets"],
];

const inFront = (byIngress: boolean, byGateway: boolean): Needs["made"] => [
  ...(byIngress ? [["networking.k8s.io", "ingresses"] satisfies [string, string]] : []),
  ...(byGateway ? [["gateway.networking.k8s.io", "httproutes"] satisfies [string, string]] : []),
];

const optional = ({ aiops, operations, backup }: Pick<Values, "aiops" | "operations" | "backup">): Needs["made"] => {
  const hasController = operations.mode !== "off";
  const roles: Needs["made"] = ["roles", "rolebindings"].map((resource) => ["rbac.authorization.k8s.io", resource]);
  return [
    ...(hasController || aiops.operator.enabled || aiops.reader.enabled ? roles : []),
    ...(hasController ? [["coordination.k8s.io", "leases"] satisfies [string, string]] : []),
    ...(backup.enabled ? [["batch", "cronjobs"] satisfies [string, string]] : []),
  ];
};
