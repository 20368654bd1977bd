import { homedir } from "node:os";
import { basename, join } from "node:path";

/**
 * Where Minikube keeps everything, by its own rule: the folder `.minikube` in `MINIKUBE_HOME`, unless that is such a
 * folder; else in the home of the user.
 */
export function minikubeHome(env: NodeJS.ProcessEnv): string {
  const home = env.MINIKUBE_HOME || homedir();
  return basename(home) === ".minikube" ? home : join(home, ".minikube");
}
