import assert from "node:assert/strict";
import { execa } from "execa";
import { environment } from "../../machine/tool-environment.ts";
import { previewWithNothingRunning } from "../helpers/bare-preview.ts";
import { timeToRecover } from "../helpers/cluster/recovery.ts";
import { edits } from "../stack/support/edits.ts";
import { stack } from "../stack/support/stack.ts";

const resources = [
  "minikube:index:Cluster",
  "minikube:index:ControlPlane",
  "minikube:index:Namespace",
  "kubernetes:core/v1:Secret",
  "kubernetes:helm.sh/v3:Release",
  "docker:index/image:Image",
  "random:index/randomPassword:RandomPassword",
];

/** What a developer does with a stack on an ordinary day. */
describe("U8: the life of a stack", function () {
  this.timeout("20m");

  it("previews with nothing but Node and Pulumi, and names every resource", function () {
    const { plan } = stack;
    if (plan === undefined) this.skip();
    for (const resource of resources) assert.equal(plan.get(resource), "create", `the preview must name ${resource}`);
  });

  it("comes up, and its URL answers", async () => {
    assert.match(stack.url, /^http:\/\/localhost:\d+$/);
    assert.equal((await fetch(stack.url)).status, 200, `${stack.url} must answer`);
    assert.equal((await fetch(`${stack.url}/api/health`)).status, 200);
  });

  it("has nothing to do when nothing changed", async () => {
    await stack.copy.up("--expect-no-changes");
  });

  it("restarts the backend alone when a backend file changes", async () => {
    const { copy, cluster } = stack;
    const [backend, frontend] = [await cluster.podNames("backend"), await cluster.podNames("frontend")];
    await copy.edit("apps/backend/src/app/main.py", "\n", "\n# A change that only the backend's image notices.\n");
    await copy.up();
    assert.notDeepEqual(await cluster.podNames("backend"), backend, "the backend must run its new image");
    assert.deepEqual(await cluster.podNames("frontend"), frontend, "the frontend must be left alone");
  });

  it("applies an edited template", async () => {
    const { copy, cluster } = stack;
    const { file, text } = edits.annotations;
    await copy.edit(file, text, `${text}    example.com/edited: "yes"\n`);
    await copy.up();
    const service = await cluster.core.readNamespacedService({ name: "todo-frontend", namespace: "todo" });
    assert.equal(service.metadata?.annotations?.["example.com/edited"], "yes", "an edited template must be applied");
  });

  it("builds an image again that was pruned", async () => {
    const { copy, profile } = stack;
    const image = (await copy.outputs())["backendImage"] as string;
    const inNode = ["ssh", "--profile", profile, "--", "docker", "image"];
    await execa("minikube", [...inNode, "rm", "--force", image], { env: environment() });
    await timeToRecover(() => copy.up());
    await execa("minikube", [...inNode, "inspect", "--format=found", image], { env: environment() });
    await copy.up("--expect-no-changes");
  });

  it("still previews when its tools and its cluster are out of reach", async () => {
    const plan = await previewWithNothingRunning(stack.copy);
    assert.equal(plan.get("minikube:index:Cluster"), "update", "a cluster that cannot be seen may have to be started");
    const operations = new Set(plan.values());
    for (const operation of ["replace", "delete"]) assert.ok(!operations.has(operation), `nothing is to ${operation}`);
  });
});
