import assert from "node:assert/strict";
import { UserError } from "../../../provider/processes/errors.ts";
import { mustHaveNoCluster, mustReachCluster } from "../../../state/access/reach.ts";
import { FakeStack } from "../../helpers/pretended/fake-stack.ts";

const dockerMade = { driver: "docker", cpus: 2, memory: 2048, ports: [] };

describe("before a stack or its cluster is removed", () => {
  let stack: FakeStack;

  beforeEach(async () => (stack = await FakeStack.create()));
  afterEach(() => stack.remove());

  const refused = (work: Promise<void>, message: RegExp): Promise<void> =>
    assert.rejects(work, (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, message);
      return true;
    });

  describe("pulumi stack rm, with --force or without,", () => {
    const remove = (): Promise<void> => mustHaveNoCluster(stack.place, stack.commands);

    for (const life of ["running", "exited", "paused"]) {
      it(`is refused while the cluster is ${life}, and says what to type`, async () => {
        await stack.cluster(life);
        await refused(
          remove(),
          /^The cluster todo of the stack dev is still there.*\n.*npx pulumi destroy --stack dev$/,
        );
      });
    }

    it("is refused while nobody can say", async () => {
      await stack.cluster("running");
      await stack.stopDocker();
      await refused(remove(), /^It is not known whether the cluster todo of the stack dev is still there/);
    });

    it("is refused while the cluster of its state is there, whatever profile and driver are set now", async () => {
      await stack.cluster("running");
      await stack.state({ instance: "life-1", profile: "todo", made: dockerMade });
      await stack.file("Pulumi.dev.yaml", "config: { todo-stack:profile: other, todo-stack:driver: kvm2 }");
      await refused(remove(), /^The cluster todo of the stack dev is still there/);
    });

    it("is refused while there is still the volume of a cluster that has lost its container", async () => {
      await stack.cluster("running");
      await stack.mark(undefined, { made: {} });
      await stack.inDocker("volume-todo");
      await stack.loseContainer();
      await refused(remove(), /^The cluster todo of the stack dev is still there, with all its data/);
    });

    it("is refused while nobody can say whose what is there is, and the state knows a cluster of that name", async () => {
      await stack.cluster("running");
      await stack.state({ instance: "life-1", profile: "todo", made: dockerMade });
      await stack.file("home/.minikube/profiles/todo/todo-stack.json", "{");
      await refused(remove(), /^It is not known whether the cluster todo of the stack dev is still there/);
      await stack.removeProfile();
      await refused(remove(), /^It is not known whether the cluster todo of the stack dev is still there/);
      await stack.loseContainer();
      await remove();
    });

    it("goes on when there is no cluster, or it is another stack's", async () => {
      await remove();
      await stack.cluster("running");
      await stack.mark("/elsewhere (stack dev)");
      await remove();
    });
  });

  it("pulumi destroy is refused while nobody can say whose the cluster is, before the engine forgets anything", async () => {
    await stack.cluster("running");
    await stack.state({ instance: "life-1", profile: "todo", made: dockerMade });
    await stack.file("home/.minikube/profiles/todo/todo-stack.json", "{");
    const message =
      /^It is not known whether the cluster todo still belongs to the stack dev\.*\n.*npx pulumi preview$/;
    await refused(mustReachCluster(stack.place, stack.commands), message);
    await stack.removeProfile();
    await refused(mustReachCluster(stack.place, stack.commands), message);
    await stack.loseContainer();
    await mustReachCluster(stack.place, stack.commands);
    await stack.inDocker("network-todo");
    await mustReachCluster(stack.place, stack.commands);
    await stack.inDocker("volume-todo");
    await refused(mustReachCluster(stack.place, stack.commands), message);
  });

  it("pulumi destroy is refused while its state has forgotten a cluster that is there, and says what to type", async () => {
    const destroy = (): Promise<void> => mustReachCluster(stack.place, stack.commands);
    await destroy();
    await stack.cluster("exited");
    await stack.mark("/elsewhere (stack dev)");
    await destroy();
    await stack.mark();
    await destroy();
    await stack.mark(undefined, { made: {} });
    await refused(
      destroy(),
      /^The state of the stack dev does not know its cluster todo, .*\n.*npm start.*npm run destroy$/,
    );
    await stack.inDocker("volume-todo");
    await stack.loseContainer();
    await refused(destroy(), /of which the volume is there, with all its data\.\n.*docker volume rm todo/);
  });

  it("pulumi destroy is refused while another Docker engine is current, before the engine forgets anything", async () => {
    await stack.cluster("running");
    await stack.state({ instance: "life-1" });
    await mustReachCluster(stack.place, stack.commands);
    await stack.mark(undefined, { made: {}, engine: { id: "engine-0", host: "unix:///other.sock" } });
    const message = /is in another Docker engine.*\n.*docker context use NAME.*TODO_STACK_LOSE=cluster\/todo\/life-1$/;
    await refused(mustReachCluster(stack.place, stack.commands), message);
    await stack.loseContainer();
    await refused(mustReachCluster(stack.place, stack.commands), message);
    await stack.state({ instance: "life-1", profile: "todo", made: dockerMade });
    await stack.file("Pulumi.dev.yaml", "config: { todo-stack:profile: other, todo-stack:driver: kvm2 }");
    await refused(mustReachCluster(stack.place, stack.commands), message);
  });
});
