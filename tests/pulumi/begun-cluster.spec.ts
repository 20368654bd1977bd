import assert from "node:assert/strict";
import process from "node:process";
import { removeBegunCluster } from "../../pulumi/begun-cluster.ts";
import { FakeStack } from "../helpers/pretended/fake-stack.ts";

const things = ["container-todo", "volume-todo", "network-todo"];

/** An `up` that was ended by Ctrl-C in a first start leaves its cluster, and no resource in the state. */
describe("a destroy of a stack whose first start was cancelled", () => {
  let stack: FakeStack;

  beforeEach(async () => {
    stack = await FakeStack.create();
    await stack.cluster("running");
    for (const thing of things.slice(1)) await stack.inDocker(thing);
  });
  afterEach(() => stack.remove());

  const removes = async (): Promise<boolean> => {
    await removeBegunCluster(stack.place, stack.commands);
    const left = things.filter((thing) => stack.hasInDocker(thing));
    assert.ok(left.length === 0 || left.length === things.length, "all or nothing");
    return left.length === 0;
  };

  it("removes what is there of it", async () => {
    assert.ok(await removes());
    assert.ok(!stack.hasProfile());
  });

  it("removes what is left of one that is gone", async () => {
    await stack.mark(undefined, { made: {} });
    await stack.loseContainer();
    await stack.loseVolume();
    await removeBegunCluster(stack.place, stack.commands);
    assert.ok(!stack.hasProfile() && !stack.hasInDocker("network-todo"));
  });

  const others: [string, () => Promise<void>][] = [
    ["one that the state knows", () => stack.state({ instance: "life-1" })],
    ["one that is finished", () => stack.mark(undefined, { made: {} })],
    ["another stack's", () => stack.mark("/elsewhere (stack dev)")],
    ["one whose mark is not there", () => stack.removeProfile()],
    ["one that another command begins at this moment", () => stack.lock(process.pid)],
  ];
  for (const [what, prepare] of others) {
    it(`leaves alone ${what}`, async () => {
      await prepare();
      assert.ok(!(await removes()));
    });
  }
});
