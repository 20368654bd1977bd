import assert from "node:assert/strict";
import { whyAtRest } from "../../../cli/dev/at-rest.ts";
import { FakeStack } from "../../helpers/pretended/fake-stack.ts";

describe("npm run dev: a stack that another command has taken away meanwhile", () => {
  let stack: FakeStack;

  beforeEach(async () => (stack = await FakeStack.create()));
  afterEach(() => stack.remove());

  const why = (): Promise<string | undefined> => whyAtRest(stack.place, stack.commands);

  it("is not made again when it was destroyed", async () => {
    await stack.state({});
    assert.match((await why()) ?? "", /^The stack dev has no cluster.*npm start$/);
  });

  it("is not started again when it was stopped", async () => {
    await stack.state({ instance: "life-1", profile: "todo" });
    await stack.cluster("exited");
    assert.match((await why()) ?? "", /^The cluster todo is stopped, and stays so\. npm start/);
  });

  it("is left as usual while its cluster runs, and when nobody knows", async () => {
    await stack.state({ instance: "life-1", profile: "todo" });
    await stack.cluster("running");
    assert.equal(await why(), undefined);
    await stack.stopDocker();
    assert.equal(await why(), undefined);
    await stack.file(".state/.pulumi/stacks/todo-stack/dev.json", "{");
    assert.equal(await why(), undefined);
  });
});
