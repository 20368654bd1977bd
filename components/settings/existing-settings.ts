import { existsSync, readFileSync } from "node:fs";
import { isIPv4 } from "node:net";
import type * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { messageOf } from "../../provider/processes/errors.ts";
import { isMapping } from "../../provider/engine/marks.ts";
import { developmentVariable } from "../lib/development.ts";

/** What a stack says of a cluster that is there already. Texts that it does not say are empty. */
export interface ExistingSettings {
  context: string;
  /** Uid of the namespace kube-system. */
  clusterId: string;
  /** `ghcr.io/acme` */
  registry: string;
  platform: string;
  host: string;
  ingressClass: string;
  /** `NAMESPACE/NAME` */
  gateway: string;
  tlsSecret: string;
  certIssuer: string;
  storageClass: string;
  /** Further values of the chart. */
  values: object;
  registryLogin: { user: string; password: pulumi.Output<string> } | undefined;
}

/** What only a Minikube of the stack's own has. */
const ofMinikube = ["profile", "driver", "cpus", "memory", "nodes", "port"];

/**
 * What only a cluster that is there already has. Of the identity of the cluster asks the provider, which can say it.
 */
const ofExisting = [
  ...["context", "clusterId", "registry", "platform", "host", "ingressClass", "gateway", "tlsSecret", "certIssuer"],
  ...["storageClass", "values", "registryUser", "registryPassword"],
];

const required = { context: "my-cluster", registry: "ghcr.io/acme", host: "todo.example.com" };

/** What the text of a setting must be like, and why. */
const forms: Record<string, { form: RegExp; must: string; example: string }> = {
  registry: {
    form: /^(?=[^/]*[.:])[a-z0-9.-]+(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/,
    must: "it must be the name of a registry with a dot or a port in it, and a path, in small letters",
    example: "ghcr.io/acme",
  },
  host: {
    form: /^(?!\d+(\.\d+)+$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/,
    must: "it must be a host name without https:// and without a path",
    example: "todo.example.com",
  },
  clusterId: {
    form: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    must: "it must be the uid of a namespace",
    example: "3f2c0a4e-0000-4000-8000-000000000000",
  },
  gateway: {
    form: /^[a-z0-9-]+\/[a-z0-9.-]+$/,
    must: "it must be NAMESPACE/NAME",
    example: "infra/public",
  },
};

/**
 * Says what is wrong with the settings of the target, each beginning with the name of a setting.
 * @param given the value that the stack gives to a setting; undefined when it gives none.
 */
export function problemsOfTarget(given: (key: string) => string | undefined, isDevelopment: boolean): string[] {
  const isExisting = given("target") === "kubernetes";
  const [others, target] = isExisting ? [ofMinikube, "kubernetes"] : [ofExisting, "minikube"];
  const misplaced = others
    .filter((key) => given(key) !== undefined)
    .map((key) => `${key} means nothing with the target ${target}. Type: npx pulumi config rm ${key}`);
  if (!isExisting) return misplaced;
  const development = `target is kubernetes, and there ${developmentVariable} means nothing. Use a stack with a Minikube of its own: npx pulumi stack init NAME`;
  return [
    ...misplaced,
    ...(isDevelopment ? [development] : []),
    ...Object.entries(required)
      .filter(([key]) => given(key) === undefined)
      .map(([key, example]) => `${key} is missing. Type, for example: npx pulumi config set ${key} ${example}`),
    ...Object.entries(forms).flatMap(([key, { form, must, example }]) => {
      const value = given(key);
      if (value === undefined || form.test(value)) return [];
      return [`${key} is ${value}, but ${must}. Type, for example: npx pulumi config set ${key} ${example}`];
    }),
    ...problemsOfPairs(given),
    ...problemsOfValues(given("values")),
  ];
}

function problemsOfPairs(given: (key: string) => string | undefined): string[] {
  const pairs: [string, string, string][] = [
    ["gateway", "ingressClass", "a Gateway and an Ingress both lead to the application"],
    ["gateway", "tlsSecret", "the certificate is the Gateway's"],
    ["gateway", "certIssuer", "the certificate is the Gateway's"],
    ["tlsSecret", "certIssuer", "cert-manager makes that Secret itself"],
  ];
  const both = pairs
    .filter(([one, other]) => given(one) !== undefined && given(other) !== undefined)
    .map(([one, other, why]) => `${other} and ${one} do not go together: ${why}. Type: npx pulumi config rm ${other}`);
  const hasUser = given("registryUser") !== undefined;
  const hasPassword = given("registryPassword") !== undefined;
  if (hasUser === hasPassword) return both;
  const [missing, flag] = hasUser ? ["registryPassword", "--secret "] : ["registryUser", ""];
  return [
    ...both,
    `${missing} is missing, and nobody can sign in without it. Type: npx pulumi config set ${flag}${missing}`,
  ];
}

function problemsOfValues(file: string | undefined): string[] {
  if (file === undefined) return [];
  const next = "Type, for example: npx pulumi config set values charts/todo/examples/eks.yaml";
  if (!existsSync(file)) return [`values is ${file}, but there is no such file in the checkout. ${next}`];
  try {
    return isMapping(parse(readFileSync(file, "utf8"))) ? [] : [`values is ${file}, which holds no values. ${next}`];
  } catch (error) {
    return [`values is ${file}, which is no YAML: ${messageOf(error)}. ${next}`];
  }
}

/** Takes a network of IPv4, or nothing. */
export function networkRange(value: string): string | undefined {
  const [address = "", bits = ""] = value.split("/");
  const isRange = isIPv4(address) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32;
  return value === "" || isRange ? undefined : "it must be a network such as 10.0.0.0/16";
}

/** The settings of the target, which have no problems. */
export function existingSettings(
  valueOf: (key: string) => string,
  password: pulumi.Output<string> | undefined,
): ExistingSettings {
  const file = valueOf("values");
  return {
    context: valueOf("context"),
    clusterId: valueOf("clusterId"),
    registry: valueOf("registry"),
    platform: valueOf("platform"),
    host: valueOf("host"),
    ingressClass: valueOf("ingressClass"),
    gateway: valueOf("gateway"),
    tlsSecret: valueOf("tlsSecret"),
    certIssuer: valueOf("certIssuer"),
    storageClass: valueOf("storageClass"),
    values: file === "" ? {} : (parse(readFileSync(file, "utf8")) as object),
    registryLogin: password === undefined ? undefined : { user: valueOf("registryUser"), password },
  };
}
