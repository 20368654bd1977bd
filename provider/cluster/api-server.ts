import { get } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { readOwnAccess } from "./kubeconfig.ts";
import type { Access } from "./kubeconfig.ts";
import type { Target } from "./minikube.ts";

/** Long enough for a loaded machine; a stopped node does not answer at all. */
const patience = 5_000;
const attempts = 3;

/**
 * Whether a kubeconfig leads to the cluster that Minikube has made for a profile, and its API server is ready.
 *
 * A kubeconfig that trusts another authority than Minikube's own is somebody else's, or was edited: nothing is asked of
 * that server.
 */
export async function isReady(target: Target): Promise<boolean> {
  return await by(target, answers);
}

/** Whether the same API server says within a time, in milliseconds, that it is ready. Asked once. */
export async function isReadyWithin(target: Target, time: number): Promise<boolean> {
  return await by(target, async (access) => (await ask(access, time)) === "ready");
}

async function by(
  { home, profile, kubeconfig }: Target,
  answer: (access: Access) => Promise<boolean>,
): Promise<boolean> {
  try {
    return await answer(await readOwnAccess({ kubeconfig, context: profile, home }));
  } catch {
    return false;
  }
}

/** Tries again only where there is somebody who may yet answer. */
async function answers(access: Access): Promise<boolean> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const answer = await ask(access);
    if (answer !== "slow") return answer === "ready";
    await sleep(500);
  }
  return false;
}

function ask({ server, ...certificates }: Access, timeout: number = patience): Promise<"ready" | "refused" | "slow"> {
  return new Promise((resolve) => {
    const request = get(new URL("/readyz", server), { ...certificates, agent: false, timeout }, (response) => {
      response.resume();
      const { statusCode = 0 } = response;
      if (statusCode === 200) resolve("ready");
      else resolve(statusCode >= 500 ? "slow" : "refused");
    });
    request.on("timeout", () => {
      resolve("slow");
      request.destroy();
    });
    request.on("error", () => resolve("refused"));
  });
}
