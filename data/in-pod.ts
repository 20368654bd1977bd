import process from "node:process";
import { PassThrough } from "node:stream";
import type { Readable, Writable } from "node:stream";
import { Exec } from "@kubernetes/client-node";
import type { KubeConfig, V1Status } from "@kubernetes/client-node";
import { redact } from "../provider/processes/redact.ts";

/** As much of a WebSocket as is used here. Its package has no types of its own. */
interface Socket {
  close: () => void;
  onclose: () => void;
  onerror: (error: { message: string }) => void;
}

/** What is run, and where. */
export interface InPod {
  namespace: string;
  pod: string;
  container: string;
  command: string[];
}

/** Why a command in a pod failed. */
interface PodFailure {
  /** What it printed on standard error, or else what Kubernetes says. */
  reason: string;
  /** False when nobody knows whether the command went on: the connection broke. */
  isKnown: boolean;
}

/**
 * Runs a command in a container of a pod to its end, by the Kubernetes API.
 * @returns why it failed; undefined when it did not.
 * @throws Error when it could not be started.
 */
export const runInPod = async (
  config: KubeConfig,
  { namespace, pod, container, command }: InPod,
  output: Writable,
  input: Readable | null = null,
): Promise<PodFailure | undefined> => {
  const errors = new PassThrough();
  const said: Buffer[] = [];
  errors.on("data", (bytes: Buffer) => said.push(bytes));
  const failure = await new Promise<{ why: string; isKnown: boolean } | undefined>((resolve, reject) => {
    const ended = (status: V1Status): void => {
      const why = status.message ?? "no reason given";
      resolve(status.status === "Success" ? undefined : { why, isKnown: true });
    };
    const broken = (why: string): void => resolve({ why, isKnown: false });
    new Exec(config)
      .exec(namespace, pod, container, command, output, errors, input, false, ended)
      .then((socket: Socket) => {
        // Nobody wants to know the rest, as when the disk is full.
        if (output.destroyed) socket.close();
        else if (output !== process.stdout) output.once("close", () => socket.close());
        // After the status has come, these have no effect.
        socket.onclose = () => broken("the connection to the cluster broke");
        socket.onerror = ({ message }) => broken(message);
      })
      .catch(reject);
  });
  if (failure === undefined) return undefined;
  return { reason: redact(Buffer.concat(said).toString().trim() || failure.why), isKnown: failure.isKnown };
};
