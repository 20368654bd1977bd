import { randomBytes } from "node:crypto";
import type { Cluster } from "./kubernetes-access.ts";
import { reasonOf } from "./kubernetes-access.ts";
import { compare, isWithin } from "../diff.ts";
import type { Engine } from "../engine-messages.ts";
import { isMapping } from "../../../provider/engine/marks.ts";
import { asText, hasUnknowns, objectAt, revealAll, secret, textAt } from "../properties.ts";
import type { Properties, Value } from "../properties.ts";
import type { Resource } from "../resource-type.ts";
import { isForgotten } from "./unreachable.ts";

const autonamed = "pulumi.com/autonamed";
const readOnly = [
  ...["creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation"],
  ...["managedFields", "resourceVersion", "uid"],
];

/**
 * `kubernetes:core/v1:Secret`.
 *
 * As in the official plugin it is applied on the server, an object that is there already is not taken over, and a
 * Secret whose data or type changes is deleted and made again, unless the provider allows changing it in place.
 */
export const secretResource = (cluster: Cluster, engine: Engine): Resource => ({
  check: (urn, olds, news) => {
    const [before, inputs] = [revealAll(olds), normalize(revealAll(news))];
    const metadata = { ...objectAt(inputs, "metadata") };
    if (metadata["name"] === undefined) Object.assign(metadata, autoname(urn, objectAt(before, "metadata"), metadata));
    if (metadata["namespace"] === undefined) metadata["namespace"] = cluster.defaultNamespace;
    return Promise.resolve({ inputs: markSecret({ ...inputs, metadata }) });
  },

  diff: (state, inputs) => {
    const actual = prune(revealAll(state), revealAll(objectAt(state, "__inputs")));
    const wanted = normalize(revealAll(inputs));
    const changes = compare(actual, wanted, actual);
    const fixed = ["metadata.name", "metadata.namespace"];
    if (!(cluster.secretsAreMutable && state["immutable"] !== true)) fixed.push("type", "data", "stringData");
    const replaces = Object.keys(changes).filter((path) => isWithin(path, fixed));
    return { changes, replaces, deleteBeforeReplace: replaces.length > 0 && keepsItsName(actual, wanted) };
  },

  create: async (urn, inputs, preview) => {
    if (preview) return { id: "", state: inputs };
    await mustBeReachable(cluster);
    const manifest = revealAll(inputs);
    const manager = `pulumi-kubernetes-${randomBytes(4).toString("hex")}`;
    try {
      if (await find(cluster, manifest)) throw new Error(`${address(manifest).slice(0, 2).join(" ")} already exists`);
      return { id: idOf(manifest), state: checkpoint(inputs, await apply(cluster, manifest, manager), manager) };
    } catch (error) {
      throw new Error(
        `resource "${urn}" was not successfully created by the Kubernetes API server: ${reasonOf(error)}`,
        {
          cause: error,
        },
      );
    }
  },

  read: async (urn, id, state, inputs) => {
    if (await isForgotten(cluster, engine, urn, "failed to read resource state due to unreachable cluster"))
      return undefined;
    const before = revealAll(inputs);
    const live = await find(cluster, before);
    if (!live) return undefined;
    const found = markSecret(prune(live, before));
    return { id, inputs: found, state: checkpoint(found, live, textAt(state, "__fieldManager") ?? "") };
  },

  update: async (urn, state, inputs, preview) => {
    if (preview) return inputs;
    await mustBeReachable(cluster);
    const manager = textAt(state, "__fieldManager") ?? "pulumi-kubernetes";
    try {
      return checkpoint(inputs, await apply(cluster, revealAll(inputs), manager), manager);
    } catch (error) {
      throw new Error(`update of resource "${urn}" failed: ${reasonOf(error)}`, { cause: error });
    }
  },

  delete: async (urn, _id, state, timeout) => {
    if (await isForgotten(cluster, engine, urn, "configured Kubernetes cluster is unreachable")) return;
    const seconds = timeout > 0 ? timeout : 600;
    await cluster.kubectl(["delete", ...address(revealAll(state)), "--ignore-not-found", `--timeout=${seconds}s`]);
  },
});

async function mustBeReachable(cluster: Cluster): Promise<void> {
  const reason = await cluster.unreachable();
  if (reason) throw new Error(`configured Kubernetes cluster is unreachable: ${reason}`);
}

async function find(cluster: Cluster, manifest: Properties): Promise<Properties | undefined> {
  const found = await cluster.kubectl(["get", ...address(manifest), "--ignore-not-found", "--output=json"]);
  return found.trim() === "" ? undefined : (JSON.parse(found) as Properties);
}

async function apply(cluster: Cluster, manifest: Properties, manager: string): Promise<Properties> {
  const args = ["apply", "--server-side", `--field-manager=${manager}`, "--filename=-", "--output=json"];
  return JSON.parse(await cluster.kubectl(args, JSON.stringify(manifest))) as Properties;
}

/** How kubectl is told which object is meant. */
function address(manifest: Properties): string[] {
  const metadata = objectAt(manifest, "metadata");
  const namespace = textAt(metadata, "namespace");
  const kind = textAt(manifest, "kind") ?? "";
  return [kind.toLowerCase(), textAt(metadata, "name") ?? "", ...(namespace ? [`--namespace=${namespace}`] : [])];
}

const idOf = (manifest: Properties): string => {
  const metadata = objectAt(manifest, "metadata");
  return [textAt(metadata, "namespace"), textAt(metadata, "name")].filter(Boolean).join("/");
};

function checkpoint(inputs: Properties, live: Properties, manager: string): Properties {
  return {
    ...markSecret(live),
    __inputs: inputs,
    __initialApiVersion: textAt(inputs, "apiVersion") ?? "v1",
    __fieldManager: manager,
  };
}

/** The data of a Secret is secret, whatever it was made of. */
function markSecret(object: Properties): Properties {
  const marked = { ...object };
  for (const key of ["data", "stringData"]) if (marked[key] !== undefined) marked[key] = secret(marked[key]);
  return marked;
}

/** The form in which the server keeps an object: a Secret's text as base64, and nothing that only the server sets. */
function normalize(inputs: Properties): Properties {
  const normal = { ...inputs };
  const metadata = Object.entries(objectAt(inputs, "metadata")).filter(([key]) => !readOnly.includes(key));
  if (inputs["metadata"] !== undefined) normal["metadata"] = Object.fromEntries(metadata);
  const text = objectAt(inputs, "stringData");
  if (Object.keys(text).length > 0 && !hasUnknowns(inputs)) {
    const encoded = Object.entries(text).map(([key, value]) => [key, Buffer.from(asText(value)).toString("base64")]);
    normal["data"] = { ...objectAt(inputs, "data"), ...(Object.fromEntries(encoded) as Properties) };
    delete normal["stringData"];
  }
  return normal;
}

function autoname(urn: string, before: Properties, metadata: Properties): Properties {
  const kept = objectAt(before, "annotations")[autonamed] === "true" ? textAt(before, "name") : undefined;
  const name = kept ?? `${urn.split("::").at(-1) ?? ""}-${randomBytes(4).toString("hex")}`;
  return { name, annotations: { ...objectAt(metadata, "annotations"), [autonamed]: "true" } };
}

function keepsItsName(actual: Properties, wanted: Properties): boolean {
  const [before, after] = [objectAt(actual, "metadata"), objectAt(wanted, "metadata")];
  if (objectAt(after, "annotations")[autonamed] === "true") return false;
  return before["name"] === after["name"] && before["namespace"] === after["namespace"];
}

/** What the live object has of what the inputs name. */
function prune(live: Properties, inputs: Properties): Properties {
  const kept = (value: Value, named: Value): Value =>
    isMapping(value) && isMapping(named) ? prune(value, named) : value;
  const entries = Object.entries(inputs).filter(([key]) => live[key] !== undefined);
  return Object.fromEntries(entries.map(([key, named]) => [key, kept(live[key] ?? null, named)]));
}
