import type { Finding } from "./finding.ts";

/** Whether a finding only says again, or follows from, what another one says. */
export const follows = (finding: Finding, all: Finding[]): boolean => {
  const others = all.filter((other) => other !== finding);
  switch (finding.kind) {
    case "drift":
      return others.some(({ object }) => object.kind === finding.object.kind && object.name === finding.object.name);
    case "database-refuses":
    case "database-unreachable":
      return others.some(
        ({ kind, object, facts }) =>
          // Policies only ever add up: one more shuts nothing that another one opens.
          (kind === "network-policy" && facts.foreign !== true) ||
          (kind === "service-misrouted" && object.name === finding.object.name),
      );
    case "wrong-answer":
    case "slow-answer":
      return others.some(explains);
    case "alert":
      return others.some(({ kind }) => kind !== "alert");
    default:
      return false;
  }
};

/**
 * Whether a finding can be why answers are wrong or late. What was, and what nobody released, explains nothing for
 * sure.
 */
const explains = ({ kind, facts }: Finding): boolean =>
  !["wrong-answer", "slow-answer", "alert", "disk-full"].includes(kind) && facts.foreign !== true;
