import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import * as errors from "@pulumi/pulumi/errors.js";
import messages from "@pulumi/pulumi/proto/language_pb.js";
import * as config from "@pulumi/pulumi/runtime/config.js";
import * as settings from "@pulumi/pulumi/runtime/settings.js";

/** Loads what the program is made of, but not the program, which registers resources when it is loaded. */
export const loadAhead = async (): Promise<void> => {
  // What is wrong with them is told when the program runs.
  await Promise.allSettled([import("../../components/todo-release.ts"), import("../../config.ts")]);
};

/**
 * Runs a program as the SDK's own runner does, which expects a process of its own and to know all when it starts: until
 * there is nothing left to do in this thread. What the program throws is told at once.
 * @param bytes Pulumi's request.
 * @param answer is given the answer to it.
 */
export const run = (bytes: Uint8Array, answer: (bytes: Uint8Array) => void): void => {
  const request = messages.RunRequest.deserializeBinary(bytes);
  const told = new Set<unknown>();
  const tell = (error: unknown): void => {
    if (told.has(error)) return;
    told.add(error);
    report(error);
  };
  process.on("uncaughtException", tell);
  process.on("unhandledRejection", tell);

  prepare(request);
  const program = join(request.getInfo()?.getProgramDirectory() ?? "", request.getInfo()?.getEntryPoint() ?? "");
  let hasEnded = false;
  void pulumi.runtime
    .runInPulumiStack(async () => (await import(pathToFileURL(program).href)) as object)
    .then(() => (hasEnded = true));
  const hasFailed = (): boolean => told.size > 0 || pulumi.log.hasErrors();

  process.once("beforeExit", () => {
    void (async () => {
      // Only a program that has registered everything lets Pulumi delete the rest.
      if (hasEnded && !hasFailed()) await settings.disconnect(true).catch(tell);
      settings.disconnectSync();
      const response = new messages.RunResponse();
      if (hasFailed()) response.setBail(true);
      else if (!hasEnded) response.setError("the program waits for something that will never happen");
      answer(response.serializeBinary());
    })();
  });
};

/** Tells the SDK what its own runner would tell it. */
const prepare = (request: InstanceType<typeof messages.RunRequest>): void => {
  const [engine = ""] = request.getArgsList();
  settings.resetOptions(
    request.getProject(),
    request.getStack(),
    request.getParallel(),
    engine,
    request.getMonitorAddress(),
    request.getDryrun(),
    request.getOrganization(),
  );
  config.setAllConfig(Object.fromEntries(request.getConfigMap().toArray()), request.getConfigsecretkeysList());
  process.setMaxListeners(settings.getMaximumListeners());
};

/** Tells the user of an error, in the words of the SDK's own runner. */
const report = (error: unknown): void => {
  if (pulumi.RunError.isInstance(error)) void pulumi.log.error(error.message);
  else if (pulumi.ResourceError.isInstance(error) && error.hideStack === true)
    void pulumi.log.error(error.message, error.resource);
  // The engine has gone, and has told why.
  else if (!(error instanceof Error && errors.isGrpcError(error)))
    void pulumi.log.error(`Running the program failed with an unhandled exception:\n${inspect(error)}`);
};
