import { containersOf, firstOfEach } from "../diagnosis/containers.ts";
import type { ContainerView } from "../diagnosis/containers.ts";
import { finding } from "../diagnosis/finding.ts";
import type { Finding } from "../diagnosis/finding.ts";
import { display } from "../diagnosis/snapshot.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";

/** A container that was ended for using more memory than it may, and has not come back since. */
export const outOfMemory = (snapshot: Snapshot): Finding[] =>
  firstOfEach(containersOf(snapshot).filter(isKilled)).map(({ owner, podName, status, spec }) => {
    const limit = spec?.resources?.limits?.memory ?? "none";
    const facts = { pod: podName, container: status.name, limit, restarts: status.restartCount };
    const summary = `${display(owner)} needs more memory than container ${status.name} may have (${limit}).`;
    return finding("out-of-memory", owner, summary, facts);
  });

const isKilled = ({ status: { state, lastState, ready } }: ContainerView): boolean =>
  state?.terminated?.reason === "OOMKilled" || (!ready && lastState?.terminated?.reason === "OOMKilled");
