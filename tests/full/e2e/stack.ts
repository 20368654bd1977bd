import assert from "node:assert/strict";
import process from "node:process";
import { dockerTraces } from "../../helpers/cluster/docker-engine.ts";
import { WorkingCopy } from "../../helpers/working-copy.ts";

/** The settings with which the stack is handed on, and in which each spec leaves it. */
export const config = { profile: "todo-laptop", port: "30284", cpus: "2", memory: "4096" };
/** A checkout whose stack `dev` is up, to work on these tests without bringing one up each time. */
const checkout = process.env["TODO_STACK_TESTS"];

let copy: WorkingCopy | undefined;
let failed = false;

/**
 * The checkout of the stack that the specs of this folder hand on to each other, since a cluster for each would take
 * minutes: before its first `up`, or with the cluster that the spec before has left. Sources and settings are as at
 * first, so that a test that failed before it had put them back fails no other spec.
 */
export const stackHandedOn = async (): Promise<WorkingCopy> => {
  if (checkout !== undefined) return (copy ??= WorkingCopy.at(checkout, "dev"));
  if (copy === undefined) return (copy = await WorkingCopy.create("laptop", config));
  await copy.resetSources();
  await copy.configure(config);
  return copy;
};

afterEach(function () {
  failed ||= this.currentTest?.isFailed() === true;
});

// At the root: after the last spec, whichever that is.
after(async function () {
  this.timeout("5m");
  if (copy === undefined || checkout !== undefined) return;
  if (failed) await copy.keepState("test-results");
  await copy.succeed("pulumi", ["destroy", "--yes", "--skip-preview", "--stack", copy.stack]);
  assert.deepEqual(await dockerTraces(config.profile), [], "nothing of the stack may remain in Docker");
  await copy.remove();
});
