import assert from "node:assert/strict";
import process from "node:process";
import { dockerTraces } from "../../helpers/docker.ts";
import { WorkingCopy } from "../../helpers/working-copy.ts";

const config = { profile: "todo-laptop", port: "30284", cpus: "2", memory: "4096" };
/** A checkout whose stack `dev` is up, to work on these tests without bringing one up each time. */
const checkout = process.env["TODO_STACK_TESTS"];

let copy: WorkingCopy | undefined;
let failed = false;

/**
 * The checkout of the stack that the specs of this folder hand on to each other, since a cluster for each would take minutes: as the
 * spec before has left it, or before its first `up`.
 */
export const stackHandedOn = async (): Promise<WorkingCopy> => {
  copy ??= checkout === undefined ? await WorkingCopy.create("laptop", config) : WorkingCopy.at(checkout, "dev");
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
