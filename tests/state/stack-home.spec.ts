import assert from "node:assert/strict";
import { createFixture } from "fs-fixture";
import { minikubeHome } from "../../machine/paths.ts";
import { homeOf, homesOf } from "../../state/stack-files.ts";

const stateWith = (resources: object[]): string => JSON.stringify({ checkpoint: { latest: { resources } } });
const clusterIn = (home: string): object => ({ type: "minikube:index:Cluster", outputs: { instance: "1", home } });

describe("Minikube's home of a stack", () => {
  const stacks = ".state/.pulumi/stacks/todo-stack";
  const files = {
    [`${stacks}/dev.json`]: stateWith([clusterIn("/before/.minikube")]),
    [`${stacks}/dev.json.bak`]: stateWith([clusterIn("/backup/.minikube")]),
    [`${stacks}/new.json`]: stateWith([]),
    [`${stacks}/cut.json`]: "{",
  };

  it("is the one in which its cluster was made, whatever the environment says now", async () => {
    await using folder = await createFixture(files);
    assert.equal(homeOf(folder.path, "dev"), "/before/.minikube");
  });

  it("is that of the environment where the state knows no cluster, or cannot be read", async () => {
    await using folder = await createFixture(files);
    for (const stack of ["new", "cut", "none"]) assert.equal(homeOf(folder.path, stack), minikubeHome);
  });

  it("is looked for in all stacks of a checkout", async () => {
    await using folder = await createFixture(files);
    assert.deepEqual(homesOf(folder.path), [minikubeHome, "/before/.minikube"]);
    await using empty = await createFixture();
    assert.deepEqual(homesOf(empty.path), [minikubeHome]);
  });
});
