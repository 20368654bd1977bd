import type { V1Pod, V1ServicePort } from "@kubernetes/client-node";
import { finding } from "../diagnosis/finding.ts";
import type { Finding } from "../diagnosis/finding.ts";
import { display, matches, nameOf, workloadsOf } from "../diagnosis/snapshot.ts";
import type { ObjectRef, Snapshot } from "../diagnosis/snapshot.ts";

/**
 * A Service that leads to no pod, or to a port that its pods do not have. Pods that are not ready have findings of
 * their own.
 */
export const serviceMisrouted = (snapshot: Snapshot): Finding[] =>
  snapshot.services.flatMap((service) => {
    const selector = service.spec?.selector;
    const ref = { kind: "Service", name: nameOf(service) };
    if (selector === undefined) return [];
    // One that is being ended is selected all the same.
    const pods = snapshot.pods.filter(({ metadata }) => matches(metadata?.labels, selector));
    if (pods.length === 0) return isMadeBySome(selector, snapshot) ? [] : [withoutPods(ref, selector)];
    return (service.spec?.ports ?? [])
      .filter((port) => !pods.some((pod) => serves(pod, port)))
      .slice(0, 1)
      .map(({ port, targetPort }) => {
        const target = String(targetPort ?? port);
        const summary = `${display(ref)} sends to port ${target}, which its pods do not serve.`;
        return finding("service-misrouted", ref, summary, { port, targetPort: target, pods: pods.map(nameOf) });
      });
  });

const withoutPods = (ref: ObjectRef, selector: Record<string, string>): Finding => {
  const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  return finding("service-misrouted", ref, `${display(ref)} selects no pod.`, { selector: labels });
};

/** Whether a workload makes such pods: where it has none yet, or is scaled to zero, the Service leads the right way. */
const isMadeBySome = (selector: Record<string, string>, snapshot: Snapshot): boolean =>
  workloadsOf(snapshot).some(({ workload }) => matches(workload.spec?.template.metadata?.labels, selector));

const serves = (pod: V1Pod, { port, targetPort }: V1ServicePort): boolean => {
  const target = targetPort ?? port;
  const ports = (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  return ports.some(({ name, containerPort }) =>
    typeof target === "number" ? containerPort === target : name === target,
  );
};
