import type { ResourceValidationPolicy } from "@pulumi/policy";
import { objectsOf, partsOf, raw } from "./resource-properties.ts";

/** The API server's own range, which Minikube leaves as it is. */
const [lowest, highest] = [30_000, 32_767];

/** Refuses a node port that no API server would take: it would fail late, in the middle of a release. */
export const nodePortRange: ResourceValidationPolicy = {
  name: "node-port-range",
  description: `A node port is between ${lowest} and ${highest}.`,
  validateResource: ({ props }, report) => {
    const properties = raw(props);
    for (const { path, name, value } of partsOf({ ...properties, objects: objectsOf(properties) })) {
      if (name !== "nodePort" || typeof value !== "number" || (value >= lowest && value <= highest)) continue;
      report(
        `${path} is ${value}. Kubernetes takes no node port outside of that range, so the release would fail. ` +
          `Choose one between ${lowest} and ${highest}.`,
      );
    }
  },
};
