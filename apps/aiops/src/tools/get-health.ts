import * as z from "zod";
import { diagnose } from "../diagnosis/all-findings.ts";
import { display, isSettled, nameOf, podsOf, restartsOf, workloadsOf } from "../diagnosis/snapshot.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";
import { tool } from "./tool.ts";

export const getHealth = tool({
  name: "get_health",
  title: "Health of the whole stack",
  description:
    "Everything about the stack in one answer: workloads, Services, volumes, network policies, what the backend says of its database, and what is wrong. Begin here.",
  input: z.strictObject({}),
  kind: "read",
  run: async (_args, operations) => {
    const snapshot = await operations.snapshot();
    const findings = diagnose(snapshot);
    return {
      healthy: findings.length === 0 && workloadsOf(snapshot).every(({ workload }) => isSettled(workload)),
      findings: findings.map(({ id, summary }) => ({ id, summary })),
      workloads: workloads(snapshot),
      services: services(snapshot),
      database: snapshot.readiness.map(({ pod, database }) => ({ backend: pod, says: database })),
      volumes: snapshot.claims.map(({ metadata, status }) => ({ name: metadata?.name, phase: status?.phase })),
      networkPolicies: snapshot.networkPolicies.map(nameOf),
      released: snapshot.released === undefined ? "not known: drift is not looked for" : "known",
      rights: operations.means.cluster.rights,
    };
  },
});

const workloads = (snapshot: Snapshot): object[] =>
  workloadsOf(snapshot).map(({ ref, workload }) => {
    const pods = podsOf(workload, snapshot.pods);
    return {
      workload: display(ref),
      wanted: workload.spec?.replicas ?? 1,
      ready: workload.status?.readyReplicas ?? 0,
      settled: isSettled(workload),
      restarts: restartsOf(pods),
      images: workload.spec?.template.spec?.containers.map(({ image }) => image),
    };
  });

const services = ({ services, endpointSlices }: Snapshot): object[] =>
  services.map((service) => {
    const slices = endpointSlices.filter(
      ({ metadata }) => metadata?.labels?.["kubernetes.io/service-name"] === nameOf(service),
    );
    const ready = slices
      .flatMap(({ endpoints }) => endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false);
    return { name: nameOf(service), readyEndpoints: ready.length };
  });
