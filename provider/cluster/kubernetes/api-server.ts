import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, ask, connectToOwn, SilentServer } from "./connection.ts";
import { readOwnAccess } from "./kubeconfig.ts";
import type { Access, ContextRef } from "./kubeconfig.ts";
import type { Target } from "../minikube/minikube.ts";

/** Long enough for a loaded machine; a stopped node does not answer at all. */
const patience = 5_000;
const attempts = 3;

/**
 * Whether a kubeconfig leads to the cluster that Minikube has made for a profile, and its API server is ready.
 *
 * A kubeconfig that trusts another authority than Minikube's own is somebody else's, or was edited: nothing is asked of
 * that server. One of another profile is asked for its node alone.
 */
export async function isReady(target: Target): Promise<boolean> {
  return await by(target, answers);
}

/** Whether the same API server says within a time, in milliseconds, that it is ready. Asked once. */
export async function isReadyWithin(target: Target, time: number): Promise<boolean> {
  return await by(target, async (access, ref) => (await look(access, ref, time)) === "ready");
}

async function by(
  { home, profile, kubeconfig }: Target,
  answer: (access: Access, ref: ContextRef) => Promise<boolean>,
): Promise<boolean> {
  const ref = { kubeconfig, context: profile, home };
  try {
    return await answer(await readOwnAccess(ref), ref);
  } catch {
    return false;
  }
}

/** Tries again only where there is somebody who may yet answer. */
async function answers(access: Access, ref: ContextRef): Promise<boolean> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const answer = await look(access, ref);
    if (answer !== "slow") return answer === "ready";
    await sleep(500);
  }
  return false;
}

async function look(access: Access, ref: ContextRef, time: number = patience): Promise<"ready" | "refused" | "slow"> {
  try {
    const connection = await connectToOwn(access, ref, time);
    await ask(connection, "GET", "/readyz", undefined, time).finally(() => connection.agent.destroy());
    return "ready";
  } catch (error) {
    const isSlow = error instanceof SilentServer || (error instanceof ApiError && error.status >= 500);
    return isSlow ? "slow" : "refused";
  }
}
