import assert from "node:assert/strict";
import process from "node:process";
import { checkAddress, resetPassword, resetPasswordIn } from "../../cli/reset-password.ts";
import { FakeApi } from "../provider/fake-api.ts";

const pod = (name: string, container: string, ready: boolean): object => ({
  metadata: { name },
  status: { containerStatuses: [{ name: container, ready }] },
});

describe("npm run reset-password", () => {
  for (const typed of [undefined, "", "ann", "--help@example.com", "a b@example.com", "@example.com", "a@"]) {
    it(`asks whose password, for ${JSON.stringify(typed)}`, () => {
      assert.throws(() => checkAddress(typed), /Whose password\?\n {2}Type: npm run reset-password -- MAIL/);
    });
  }

  it("takes the address of an account", () => {
    assert.equal(checkAddress("Ann+todo@example.com"), "Ann+todo@example.com");
  });

  it("does not go into the cluster that another stack of this checkout has under that name", async () => {
    const before = process.env["PULUMI_STACK"];
    process.env["PULUMI_STACK"] = "of-this-test";
    try {
      await assert.rejects(resetPassword("ann@example.com"), /The stack of-this-test has no cluster of its own/);
    } finally {
      if (before === undefined) delete process.env["PULUMI_STACK"];
      else process.env["PULUMI_STACK"] = before;
    }
  });

  describe("in a cluster", () => {
    let api: FakeApi;

    beforeEach(async () => {
      api = await FakeApi.start();
    });

    afterEach(() => api.stop());

    const reset = (context = "todo"): Promise<void> =>
      resetPasswordIn({ kubeconfig: api.kubeconfig, context, home: api.home, namespace: "todo" }, "ann@example.com");

    it("says what to type when no pod of the backend is ready", async () => {
      api.lists.set("pods", [pod("todo-backend-1", "backend", false), pod("todo-backend-2", "other", true)]);
      await assert.rejects(
        reset(),
        /The backend in the cluster does not answer: none of its pods is ready\n {2}Type: npm start/,
      );
    });

    it("looks in no other cluster than the stack's own", async () => {
      await assert.rejects(reset("theirs"), /The backend in the cluster does not answer: /);
      assert.deepEqual(api.asked, []);
    });

    it("starts the program in a pod that is ready, with the address as one argument", async () => {
      api.lists.set("pods", [pod("todo-backend-1", "backend", false), pod("todo-backend-2", "backend", true)]);
      // The API of this test runs nothing: what was asked for is all that can be seen here.
      await assert.rejects(reset());
      const asked = api.asked.find((path) => path.includes("/exec")) ?? "";
      assert.match(asked, /\/namespaces\/todo\/pods\/todo-backend-2\/exec/);
    });
  });
});
