import { componentOf, containersOf, secondsSince } from "../diagnosis/containers.ts";
import { finding } from "../diagnosis/finding.ts";
import type { Finding } from "../diagnosis/finding.ts";
import { display, isReady, nameOf, podsOf, workloadsOf } from "../diagnosis/snapshot.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";

/** Seconds for which a backend may wait for its database before that means something. */
const patience = 20;

/**
 * A database that is ready by its own account while no backend can use it: it refuses them, or does not answer. What
 * shuts the way to it, and a database that is not ready, have findings of their own.
 */
export const database = (snapshot: Snapshot): Finding[] => {
  const databases = workloadsOf(snapshot).filter(({ workload }) => componentOf(workload) === "postgres");
  return databases.flatMap(({ ref, workload }) => {
    // One that is being ended turns everybody away in good order.
    const pods = podsOf(workload, snapshot.pods).filter(isReady);
    if (pods.length === 0) return [];
    const failing = snapshot.readiness.filter((each) => each.database === "failed" || each.database === "timed out");
    const well = snapshot.readiness.filter((each) => each.database === "ok");
    const waiting = containersOf(snapshot).filter(
      ({ status: { name, state } }) =>
        name === "wait-for-database" && secondsSince(state?.running?.startedAt, snapshot) > patience,
    );
    if (well.length > 0 || failing.length + waiting.length === 0) return [];
    const facts = {
      ready: pods.map(nameOf),
      backends: [...failing.map(({ pod }) => pod), ...waiting.map(({ podName }) => podName)],
      answers: [...new Set(failing.map((each) => each.database))],
    };
    // Whoever is let in or turned away gets an answer at once.
    const refuses = failing.length > 0 && failing.every((each) => each.database === "failed");
    return refuses
      ? [finding("database-refuses", ref, `${display(ref)} is ready, but turns every backend away.`, facts, "likely")]
      : [
          finding(
            "database-unreachable",
            ref,
            `${display(ref)} is ready, but no backend gets an answer.`,
            facts,
            "likely",
          ),
        ];
  });
};
