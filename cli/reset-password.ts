import { PassThrough } from "node:stream";
import { CoreV1Api } from "@kubernetes/client-node";
import type { NamespaceRef } from "../provider/cluster/kubernetes/kubernetes.ts";
import { firstLine, UserError } from "../provider/processes/errors.ts";
import { runInPod } from "../data/in-pod.ts";
import type { InPod } from "../data/in-pod.ts";
import { ownConfig } from "../state/access/own-access.ts";
import { ownNamespace } from "../state/access/own-profile.ts";
import { placeOf } from "../state/access/reach.ts";
import { stackName } from "../state/stack.ts";

const container = "backend";
const labels = "app.kubernetes.io/name=todo,app.kubernetes.io/component=backend";

/**
 * Gives an account of the application a new password, for who forgot theirs, and prints it. All its sessions end.
 * @param email address of the account.
 * @returns the exit code.
 * @throws UserError when there is no such account, or the backend does not run.
 */
export const resetPassword = async (email: string | undefined): Promise<number> => {
  const address = checkAddress(email);
  await resetPasswordIn(ownNamespace(placeOf(stackName())), address);
  return 0;
};

/** @throws UserError for what is no email address. */
export const checkAddress = (email: string | undefined): string => {
  // One that begins with a dash would be an option of the program.
  if (email !== undefined && /^[^\s@-][^\s@]*@[^\s@]+$/.test(email)) return email;
  throw new UserError("Whose password?", "Type: npm run reset-password -- MAIL, with the address of the account");
};

/** The same in a namespace of the stack's own cluster. The password goes to standard output, and nowhere else. */
export const resetPasswordIn = async (ref: NamespaceRef & { home: string }, email: string): Promise<void> => {
  const { config, pod } = await runningBackend(ref);
  const command = ["python", "-m", "app.reset_password", email];
  const where: InPod = { namespace: ref.namespace, pod, container, command };
  const output = new PassThrough();
  const printed: Buffer[] = [];
  output.on("data", (bytes: Buffer) => printed.push(bytes));
  const failure = await runInPod(config, where, output);
  if (failure === undefined) {
    console.log(
      `New password of ${email}, to be changed after signing in: ${Buffer.concat(printed).toString().trim()}`,
    );
    return;
  }
  const next = failure.isKnown
    ? "Fix what it says, then type the same command again."
    : "It is not known whether it was changed. Type the same command again.";
  throw new UserError(`The password of ${email} was not reset: ${failure.reason}`, next);
};

const runningBackend = async (ref: NamespaceRef & { home: string }) => {
  try {
    const config = await ownConfig(ref);
    const { namespace } = ref;
    const { items } = await config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace, labelSelector: labels });
    const pod = items.find(({ metadata, status }) => {
      const isReady = status?.containerStatuses?.some(({ name, ready }) => name === container && ready);
      return metadata?.deletionTimestamp === undefined && isReady === true;
    });
    if (pod?.metadata?.name === undefined) throw new Error("none of its pods is ready");
    return { config, pod: pod.metadata.name };
  } catch (error) {
    throw new UserError(`The backend in the cluster does not answer: ${firstLine(error)}`, "Type: npm start", error);
  }
};
