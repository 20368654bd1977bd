import type { V1PodSpec } from "@kubernetes/client-node";
import { firstOfEach, ownedPods } from "../diagnosis/containers.ts";
import { finding } from "../diagnosis/finding.ts";
import type { Finding } from "../diagnosis/finding.ts";
import { display, nameOf } from "../diagnosis/snapshot.ts";
import type { ObjectRef, Snapshot } from "../diagnosis/snapshot.ts";

/** What the kubelet says of an object that is not there, or that lacks a key. */
const absent = /\b(secret|configmap) "([^"]+)" not found|references non-existent (secret|config) key: (\S+)/i;

/** A pod that cannot start since a Secret or ConfigMap that it names is not there. */
export const missingReference = (snapshot: Snapshot): Finding[] => {
  const found = ownedPods(snapshot).flatMap(({ owner, pod }) => {
    if (pod.status?.phase !== "Pending") return [];
    const missing = saidOf(nameOf(pod), pod.metadata?.uid, snapshot);
    // The name counts only if the pod's own specification has it.
    const named = referencesOf(pod.spec).find(({ name }) => name === missing?.name);
    const kind = missing?.key === undefined ? named?.kind : missing.kind;
    if (kind === undefined) return [];
    return [{ owner, pod, missing: { kind, name: named?.name ?? "", key: missing?.key ?? "" } }];
  });
  return firstOfEach(found).map(({ owner, pod, missing: { kind, name, key } }) => {
    const what = key === "" ? `${kind} ${name}, which is not there` : `key ${key} of a ${kind}, which has none`;
    const facts = { pod: nameOf(pod), kind, ...(key === "" ? { name } : { key }) };
    return finding("missing-reference", owner, `${display(owner)} needs ${what}.`, facts);
  });
};

const saidOf = (
  pod: string,
  uid: string | undefined,
  { events, pods }: Snapshot,
): { kind: string; name: string; key: string | undefined } | undefined => {
  const waiting = pods
    .find(({ metadata }) => metadata?.name === pod)
    ?.status?.containerStatuses?.map(({ state }) => state?.waiting)
    .find((state) => state?.reason === "CreateContainerConfigError");
  const mounts = events.filter(({ reason, involvedObject }) => reason === "FailedMount" && involvedObject.uid === uid);
  for (const text of [waiting?.message, ...mounts.map(({ message }) => message)]) {
    const [, kind, name, keyOf, key] = absent.exec(text ?? "") ?? [];
    if (kind !== undefined) return { kind: kindOf(kind), name: name ?? "", key: undefined };
    if (keyOf !== undefined) return { kind: kindOf(keyOf), name: "", key };
  }
  return undefined;
};

const kindOf = (word: string): string => (word.toLowerCase() === "secret" ? "Secret" : "ConfigMap");

/** The Secrets and ConfigMaps that a pod cannot do without. */
const referencesOf = (spec: V1PodSpec | undefined): ObjectRef[] => {
  const secret = (name: string | undefined) => ({ kind: "Secret", name: name ?? "" });
  const configMap = (name: string | undefined) => ({ kind: "ConfigMap", name: name ?? "" });
  const ofVolumes = (spec?.volumes ?? []).flatMap((volume) => [
    ...(volume.secret ? [secret(volume.secret.secretName)] : []),
    ...(volume.configMap ? [configMap(volume.configMap.name)] : []),
    ...(volume.projected?.sources ?? []).flatMap((source) => [
      ...(source.secret ? [secret(source.secret.name)] : []),
      ...(source.configMap ? [configMap(source.configMap.name)] : []),
    ]),
  ]);
  const ofContainers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].flatMap(({ env, envFrom }) => [
    ...(envFrom ?? []).flatMap(({ secretRef, configMapRef }) => [
      ...(secretRef ? [secret(secretRef.name)] : []),
      ...(configMapRef ? [configMap(configMapRef.name)] : []),
    ]),
    ...(env ?? []).flatMap(({ valueFrom }) => [
      ...(valueFrom?.secretKeyRef ? [secret(valueFrom.secretKeyRef.name)] : []),
      ...(valueFrom?.configMapKeyRef ? [configMap(valueFrom.configMapKeyRef.name)] : []),
    ]),
  ]);
  return [...ofVolumes, ...ofContainers];
};
