import assert from "node:assert/strict";
import { confirmed } from "../../toolchain/confirm.ts";
import { ToolchainError } from "../../toolchain/errors.ts";
import { otherSettings } from "../../toolchain/start.ts";
import { FakeStack } from "./fake-stack.ts";

/** Another size means another cluster, whose database is empty: nobody may lose their todos without a word. */
describe("npm start with other settings than the cluster was made with", () => {
  const made = { driver: "docker", cpus: 4, memory: 8192, ports: ["127.0.0.1:30080:30080"] };
  let stack: FakeStack | undefined;

  afterEach(async () => {
    await stack?.remove();
  });

  const found = async (settings: Record<string, string | number>, state: object = { made }): Promise<string[]> => {
    stack = await FakeStack.create(settings);
    await stack.state(state);
    return otherSettings(stack.place.folder, "dev");
  };

  const table: [string, Record<string, string | number>, string[]][] = [
    ["the same", {}, []],
    ["another namespace, which the cluster takes", { "todo-stack:namespace": "other" }, []],
    ["fewer CPUs", { "todo-stack:cpus": 2 }, ["cpus"]],
    ["other memory and another port", { "todo-stack:memory": 4096, "todo-stack:port": 30081 }, ["memory", "port"]],
    ["another driver", { "todo-stack:driver": "kvm2" }, ["driver"]],
  ];
  for (const [what, settings, others] of table) {
    it(`finds ${JSON.stringify(others)} for ${what}`, async () => {
      assert.deepEqual(await found(settings), others);
    });
  }

  it("finds nothing where there is no cluster, or no state that can be read", async () => {
    assert.deepEqual(await found({ "todo-stack:cpus": 2 }, {}), []);
    await stack?.file(".state/.pulumi/stacks/todo-stack/dev.json", "{");
    assert.deepEqual(otherSettings(stack?.place.folder ?? "", "dev"), []);
  });

  it("is refused where nobody can be asked", async () => {
    const { stdin } = process;
    Object.defineProperty(process, "stdin", { value: { isTTY: false }, configurable: true });
    try {
      await assert.rejects(confirmed("All data will be lost."), (error) => {
        assert.ok(error instanceof ToolchainError);
        assert.match(error.message, /^All data will be lost\.\n.*--yes$/);
        return true;
      });
    } finally {
      Object.defineProperty(process, "stdin", { value: stdin, configurable: true });
    }
  });
});
