import * as z from "zod";
import { revisionOf } from "../remedies/roll-back.ts";
import { nameOf } from "../diagnosis/snapshot.ts";
import { tool } from "./tool.ts";

export const getRolloutHistory = tool({
  name: "get_rollout_history",
  title: "Revisions of the Deployments",
  description: "The revisions of each Deployment that Kubernetes remembers, newest first, and which of them have pods.",
  input: z.strictObject({}),
  kind: "read",
  run: async (_args, operations) => {
    const { deployments, replicaSets } = await operations.snapshot();
    return {
      deployments: deployments.map((deployment) => ({
        name: nameOf(deployment),
        revisions: replicaSets
          .filter(({ metadata }) => metadata?.ownerReferences?.some(({ uid }) => uid === deployment.metadata?.uid))
          .toSorted((one, other) => revisionOf(other) - revisionOf(one))
          .map((set) => ({
            revision: revisionOf(set),
            created: set.metadata?.creationTimestamp,
            images: set.spec?.template?.spec?.containers.map(({ image }) => image),
            wanted: set.spec?.replicas,
            ready: set.status?.readyReplicas ?? 0,
          })),
      })),
    };
  },
});
