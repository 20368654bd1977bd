import assert from "node:assert/strict";
import { UserError } from "../../provider/processes/errors.ts";
import { mustTargetDependents } from "../../pulumi/targets.ts";

const cluster = "urn:pulumi:dev::todo-stack::todo-stack:index:MinikubeCluster$minikube:index:Cluster::todo-cluster";
const image = "urn:pulumi:dev::todo-stack::todo-stack:index:AppImage$docker:index/image:Image::todo-backend-image";

/** Without what depends on it, Pulumi leaves a state behind that its next command refuses. */
describe("a command line of Pulumi that works on the cluster alone", () => {
  for (const args of [
    ["up", "--yes", "--target-replace", cluster],
    ["up", `--target-replace=${cluster}`],
    ["update", "-t", cluster],
    ["up", `-t=${cluster}`],
    ["up", `-t${cluster}`],
    ["up", "-yt", cluster],
    ["up", `-yft${cluster}`],
    ["up", `-yt=${cluster}`],
    ["up", "--target", `${image},${cluster}`],
    ["up", "--target", image, "--target", "**minikube:index:Cluster::*"],
    ["up", "--target-dependents=false", "--target", cluster],
  ]) {
    it(`is refused, with what to type: pulumi ${args.join(" ")}`, () => {
      assert.throws(
        () => mustTargetDependents("dev", args),
        (error) => error instanceof UserError && /Nothing was changed\. .*--target-dependents/.test(error.message),
      );
    });
  }

  for (const args of [
    ["up", "--yes"],
    ["up", "--yes", "--replace", cluster],
    ["up", "--target-dependents", "--target-replace", cluster],
    ["up", "--target-replace", cluster, "--target-dependents=true"],
    ["up", "--target", image],
    ["up", "--target", "**AppImage**"],
    ["up", "--target", "urn:pulumi:*::todo-stack::*:Image::todo-*"],
    ["up", "--target", "**"],
    ["up", "--exclude", cluster],
    ["up", "-ym", `-t=${cluster}`],
  ]) {
    it(`is not: pulumi ${args.join(" ")}`, () => mustTargetDependents("dev", args));
  }
});
