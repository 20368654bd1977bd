import { Secret } from "@pulumi/policy";
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { isObject, unknown } from "../provider/engine/marks.ts";
import { objectsOf, partsOf, raw } from "./resource-properties.ts";
import type { Properties } from "./resource-properties.ts";

/** What a value is called that nobody else may know. */
const secretName = /(password|passwd|secret|token|api_?key|private_?key|credentials?)$/i;

/** What gives a secret away whatever it is called: a URL with a password, a private key, a key of a known service. */
const secretText = /:\/\/[^/\s:@]*:[^/\s@]+@|-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(sk-|gh[pousr]_|eyJhbGci)[\w-]{16,}/;

/** What was found wrong with a resource, by its URN. */
const found = new Map<string, string[]>();

/** Refuses a secret where Pulumi's state, Helm's records or a ConfigMap would hold it for everybody to read. */
export const noPlainSecret: ResourceValidationPolicy = {
  name: "no-plain-secret",
  description: "No secret is in plain text.",
  // Nothing is remedied, but a remediation alone is told what is secret. A violation is mandatory all the same.
  enforcementLevel: "remediate",
  remediateResource: ({ type, urn, props }) => {
    found.set(urn, findings(type, raw(props)));
  },
  validateResource: ({ urn }, report) => {
    for (const finding of found.get(urn) ?? []) report(finding);
  },
};

function findings(type: string, properties: Properties): string[] {
  if (type === "kubernetes:core/v1:Secret")
    return ["data", "stringData"].flatMap((key) => inSecret(key, properties[key]));
  if (type === "kubernetes:helm.sh/v3:Release") return inValues(properties["values"]);
  if (type === "minikube:index:Manifests") return inManifests(objectsOf(properties));
  return [];
}

/** All data of a Secret must be marked as secret. What is unknown is looked at when it is known. */
function inSecret(key: string, data: unknown): string[] {
  return leavesOf(data, key)
    .filter(({ value }) => value !== undefined && !(value instanceof Secret) && value !== unknown)
    .map(
      ({ path }) =>
        `${path} is no secret to Pulumi, so that its state and its previews show it. Wrap it: pulumi.secret(…).`,
    );
}

/** Helm keeps values in plain text, marked as secret or not. */
function inValues(values: unknown): string[] {
  return leavesOf(values, "values")
    .filter(({ name, value }) => value instanceof Secret || isTelling(name, value))
    .map(
      ({ path }) =>
        `${path} looks like a secret. Helm keeps values where everybody in the namespace reads them. Put it into a ` +
        "Kubernetes Secret, and give the chart that one's name.",
    );
}

function inManifests(objects: Properties): string[] {
  return leavesOf(objects, "objects")
    .filter(({ name, value }) => isTelling(name, value))
    .map(
      ({ path }) =>
        `${path.replace("objects.", "")} looks like a secret. Whoever may look at the object reads it. Put it into a ` +
        "Kubernetes Secret, and mount that as a file.",
    );
}

/** The values that hold no others, and what is secret as a whole. */
const leavesOf = (value: unknown, path: string) =>
  [...partsOf(value, path)].filter((part) => part.value instanceof Secret || !isObject(part.value));

const isTelling = (name: string, value: unknown): boolean =>
  typeof value === "string" && value !== "" && value !== unknown && (secretName.test(name) || secretText.test(value));
