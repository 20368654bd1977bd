import type { V1NetworkPolicy } from "@kubernetes/client-node";
import { driftOf, fieldNames } from "../diagnosis/comparison.ts";
import { finding } from "../diagnosis/finding.ts";
import type { Finding } from "../diagnosis/finding.ts";
import { display, nameOf } from "../diagnosis/snapshot.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";

/** A NetworkPolicy that is not as released, or that nobody released. */
export const networkPolicy = (snapshot: Snapshot): Finding[] => {
  if (snapshot.released === undefined) return [];
  const changed = driftOf(snapshot)
    .filter(({ object }) => object.kind === "NetworkPolicy")
    .map(({ object, missing, fields }) => {
      const how = missing ? "is not there" : "is not as released";
      return finding(
        "network-policy",
        object,
        `${display(object)} ${how}: flows that the application needs may be shut.`,
        {
          missing,
          fields: fieldNames(fields),
        },
      );
    });
  return [...changed, ...foreign(snapshot)];
};

const foreign = ({ networkPolicies, released }: Snapshot): Finding[] => {
  const own = new Set(
    released?.objects.filter(({ kind }) => kind === "NetworkPolicy").map(({ metadata }) => metadata.name),
  );
  return networkPolicies
    .filter((policy) => !own.has(nameOf(policy)))
    .map((policy) => {
      const ref = { kind: "NetworkPolicy", name: nameOf(policy) };
      const facts = { foreign: true, types: policy.spec?.policyTypes ?? [], selects: selectorOf(policy) };
      return finding("network-policy", ref, `${display(ref)} was not released with the application.`, facts, "likely");
    });
};

const selectorOf = ({ spec }: V1NetworkPolicy): string[] =>
  Object.entries(spec?.podSelector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
