import assert from "node:assert/strict";
import { makeReady, stackIn } from "../../pulumi/make-ready.ts";

describe("the stack on a command line of Pulumi", () => {
  for (const line of [
    "up --stack dev",
    "up --stack=dev --yes",
    "up -s dev",
    "up -sdev",
    "up -s=dev",
    "destroy -ys dev",
    "destroy -yfs=dev",
    "destroy -yfsdev",
    "up -s other --stack dev",
    "up -m say --stack organization/todo-stack/dev",
    "up -msay -s dev",
  ]) {
    it(`is found as Pulumi finds it: ${line}`, () => assert.equal(stackIn(line.split(" ")), "dev"));
  }
});

describe("a stack that is renamed", () => {
  it("is refused where settings of the new name are there already", async () => {
    const renamed = makeReady(["stack", "rename", "prod", "--stack", "dev"], "renames the stack");
    await assert.rejects(renamed, /dev cannot be renamed to prod/);
  });
});
