import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { globSync } from "tinyglobby";
import { ownerOf, writeMark } from "../../../provider/cluster/ownership.ts";
import { ownTarget } from "../../../state/access/own-profile.ts";
import { checkout } from "../../../machine/paths.ts";

const stateOf = (profile: string, instance: string): string =>
  JSON.stringify({
    checkpoint: {
      latest: {
        resources: [
          { type: "minikube:index:Cluster", inputs: { instance }, outputs: { instance, profile, driver: "docker" } },
        ],
      },
    },
  });

/** Two stacks of one checkout: `dev` has the cluster `todo`, `demo` has `todo-demo`. */
describe("the cluster into which a command goes for a stack", () => {
  let folder: FsFixture;
  const place = (stack: string) => ({ folder: folder.path, home: folder.getPath("home/.minikube"), stack });

  beforeEach(async () => {
    folder = await createFixture({
      "Pulumi.yaml": "name: todo-stack\nconfig: { profile: { default: todo } }\n",
      "Pulumi.demo.yaml": "config: { 'todo-stack:profile': todo-demo }\n",
      ".state/.pulumi/stacks/todo-stack/dev.json": stateOf("todo", "one"),
      ".state/.pulumi/stacks/todo-stack/demo.json": stateOf("todo-demo", "two"),
    });
    for (const [stack, profile, instance] of [
      ["dev", "todo", "one"],
      ["demo", "todo-demo", "two"],
    ] as const) {
      const owner = ownerOf(`urn:pulumi:${stack}`, folder.path);
      writeMark({ home: place(stack).home, profile }, { owner, instance, made: {} });
    }
  });
  afterEach(() => folder.rm());

  it("is its own", () => {
    assert.deepEqual(ownTarget(place("demo")), {
      home: place("demo").home,
      profile: "todo-demo",
      kubeconfig: folder.getPath(".state/todo-demo.kubeconfig"),
    });
  });

  it("is the one that its state knows, whatever profile is set now", async () => {
    await folder.writeFile("Pulumi.demo.yaml", "config: { 'todo-stack:profile': todo }\n");
    assert.equal(ownTarget(place("demo"))?.profile, "todo-demo");
  });

  it("is none where a new stack has another stack's profile, or nobody knows whose it is", async () => {
    assert.equal(ownTarget(place("staging")), undefined, "Pulumi.staging.yaml does not name a profile of its own");
    for (const file of ["todo-stack.json", "todo-stack.json.copy"]) {
      await folder.writeFile(`home/.minikube/profiles/todo/${file}`, "{");
    }
    assert.equal(ownTarget(place("dev")), undefined);
  });

  it("is found by every command by its state: the settings alone say only what is asked for", () => {
    // Set-up gets what the next cluster needs; the doctor compares what is asked for with what there is.
    const mayRead = ["cli/doctor/doctor.ts", "setup/setup.ts", "state/stack-files.ts"];
    const files = globSync("{cli,data,machine,offline,pulumi,setup,state}/**/*.ts", { cwd: checkout });
    assert.ok(files.length > 50);
    assert.deepEqual(
      files.filter((name) => readFileSync(join(checkout, name), "utf8").includes("plainSettings")).toSorted(),
      mayRead,
      "call knownSettings instead",
    );
  });

  it("is its own again when its state was lost", async () => {
    await folder.rm(".state/.pulumi/stacks/todo-stack/dev.json");
    assert.equal(ownTarget(place("dev"))?.profile, "todo");
  });
});
