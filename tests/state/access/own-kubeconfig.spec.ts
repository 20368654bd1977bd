import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { setForeignAside, setStaleAside } from "../../../state/access/own-kubeconfig.ts";
import { FakeApi } from "../../provider/fake-api.ts";

/** A kubeconfig in which a context has our name and leads to somebody's production. */
describe("a kubeconfig in .state", () => {
  let own: FakeApi;
  let production: FakeApi;
  let home: FsFixture;

  before(async () => {
    [own, production] = [await FakeApi.start(), await FakeApi.start()];
    home = await createFixture({ "ca.crt": await readFile(own.certificate) });
  });

  after(async () => {
    await Promise.all([own.stop(), production.stop(), home.rm()]);
  });

  const left = async (
    text: string,
    look = (state: string): Promise<void> => setForeignAside(state, home.path),
  ): Promise<boolean> => {
    await using state = await createFixture({ "todo.kubeconfig": text, passphrase: "secret" });
    const print = console.error;
    console.error = () => undefined;
    try {
      await look(state.path);
    } finally {
      console.error = print;
    }
    const isLeft = await state.exists("todo.kubeconfig");
    assert.equal(await state.exists("todo.kubeconfig.foreign"), !isLeft, "it must not be lost");
    assert.ok(await state.exists("passphrase"));
    return isLeft;
  };

  it("stays when it leads to our cluster, whichever context is current", async () => {
    assert.ok(await left(`${await readFile(own.kubeconfig, "utf8")}current-context: production\n`));
  });

  it("stays when it leads to our cluster in another home, which a stack has recorded", async () => {
    await using other = await createFixture({ "ca.crt": await readFile(production.certificate) });
    const text = await readFile(own.kubeconfig, "utf8");
    assert.ok(await left(text, (state) => setForeignAside(state, other.path, home.path)));
    assert.ok(!(await left(text, (state) => setForeignAside(state, other.path))));
  });

  const others: [string, (text: string) => string][] = [
    ["trusts another authority", () => ""],
    ["has no context of our name", (text) => text.replaceAll("name: todo", "name: other")],
    ["is reached without encryption", (text) => text.replace("https://", "http://")],
    ["is cut off", (text) => text.slice(0, 100)],
  ];
  for (const [what, edit] of others) {
    it(`is set aside when it ${what}, and nobody is asked`, async () => {
      const text = edit(await readFile(own.kubeconfig, "utf8")) || (await readFile(production.kubeconfig, "utf8"));
      assert.ok(!(await left(text)));
      assert.deepEqual([...own.asked, ...production.asked], []);
    });
  }

  describe("of a profile", () => {
    const leftOf = async (text: string): Promise<boolean> =>
      await left(text, (state) => setStaleAside(state, home.path, "todo"));

    afterEach(() => {
      own.node = "todo";
    });

    it("stays when it leads to the cluster of that, or to nothing", async () => {
      const text = await readFile(own.kubeconfig, "utf8");
      assert.ok(await leftOf(text));
      assert.ok(await leftOf(text.replace(/server: .*/, "server: https://127.0.0.1:1")));
    });

    it("is set aside when it leads to another profile's, which is asked nothing else", async () => {
      own.node = "todo-demo";
      assert.ok(!(await leftOf(await readFile(own.kubeconfig, "utf8"))));
      assert.deepEqual(own.asked, []);
    });
  });
});
