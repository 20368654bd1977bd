import assert from "node:assert/strict";
import { createFixture } from "fs-fixture";
import { environment } from "../../machine/tool-environment.ts";
import { pastProxies, unfitForNode } from "../../machine/proxies.mjs";

const nowhere = "/does/not/exist";
const listOf = (env: NodeJS.ProcessEnv, folder = nowhere): string[] => {
  const { NO_PROXY, no_proxy } = pastProxies(env, folder);
  assert.equal(NO_PROXY, no_proxy, "some programs read the one, some the other");
  return (NO_PROXY ?? "").split(",");
};

describe("a proxy of the user's", () => {
  for (const name of [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "grpc_proxy",
  ]) {
    it(`is not asked for this machine and its clusters: ${name}`, () => {
      const list = listOf({ [name]: "http://proxy:3128" });
      for (const entry of ["localhost", "127.0.0.1", "::1", "192.168.49.0/24", "192.168.58.0/24", "10.96.0.0/12"]) {
        assert.ok(list.includes(entry), `${entry} must be in ${list.join()}`);
      }
    });
  }

  it("is asked for nothing that the user has left out, in either case and however it is written", () => {
    const list = listOf({
      HTTP_PROXY: "http://proxy",
      NO_PROXY: "one.example, .two.example",
      no_proxy: "three.example",
    });
    assert.deepEqual(list.slice(0, 3), ["one.example", ".two.example", "three.example"]);
  });

  it("is asked for nothing at all where the user has left out everything, which some programs know as a word alone, and others not at all", () => {
    for (const NO_PROXY of ["*", "one.example, *"]) {
      assert.deepEqual(listOf({ HTTP_PROXY: "http://proxy", NO_PROXY }), ["*"]);
      const users = { HTTP_PROXY: "http://proxy", https_proxy: "http://proxy", ALL_PROXY: "http://proxy", NO_PROXY };
      const after = { ...users, ...pastProxies(users, nowhere) };
      assert.deepEqual([after.HTTP_PROXY, after.https_proxy, after.ALL_PROXY], [undefined, undefined, undefined]);
    }
  });

  it("is not asked for the clusters that this checkout's kubeconfigs name, which some programs know by their addresses alone", async () => {
    await using folder = await createFixture({
      "todo.kubeconfig": "clusters:\n- cluster:\n    server: https://192.168.49.2:8443\n  name: todo\n",
      "other.kubeconfig": 'clusters:\n- cluster:\n    server: "https://[fd00::2]:8443"\n',
      passphrase: "server: https://secret:1",
    });
    const list = listOf({ HTTPS_PROXY: "http://proxy" }, folder.path);
    assert.ok(list.includes("192.168.49.2") && list.includes("[fd00::2]"), list.join());
    assert.ok(!list.includes("secret"));
  });

  it("is used for all else, also where a program does not know ALL_PROXY", () => {
    const { NO_PROXY, no_proxy, ...rest } = pastProxies(
      { ALL_PROXY: "http://proxy:3128", https_proxy: "http://other" },
      nowhere,
    );
    assert.ok(NO_PROXY === no_proxy && NO_PROXY !== undefined && !NO_PROXY.includes("registry"));
    assert.deepEqual(rest, { http_proxy: "http://proxy:3128", HTTP_PROXY: "http://proxy:3128" });
    assert.deepEqual(Object.keys(pastProxies({ ALL_PROXY: "socks5://proxy:1080" }, nowhere)), ["NO_PROXY", "no_proxy"]);
  });

  for (const [typed, whole] of [
    ["127.0.0.1:9", "http://127.0.0.1:9"],
    ["proxy.corp:3128", "http://proxy.corp:3128"],
    ["me:hush@proxy", "http://me:hush@proxy"],
    [" http://proxy:3128", "http://proxy:3128"],
    ["http://me:100%@proxy:3128", "http://me:100%25@proxy:3128"],
    ["me:50%ff@proxy:3128", "http://me:50%25ff@proxy:3128"],
  ] as const) {
    it(`is given to every program as all of them take it: ${JSON.stringify(typed)}`, () => {
      for (const name of ["HTTP_PROXY", "https_proxy", "grpc_proxy"]) {
        const env = { [name]: typed, ...pastProxies({ [name]: typed }, nowhere) };
        assert.equal(env[name], whole);
        assert.deepEqual(unfitForNode(env), []);
      }
      const { NO_PROXY: _, no_proxy: __, ...all } = pastProxies({ all_proxy: typed }, nowhere);
      const names = ["all_proxy", "http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"];
      assert.deepEqual(all, Object.fromEntries(names.map((name) => [name, whole])));
    });
  }

  it("stays as it is where it is whole, also with what is encoded in it", () => {
    for (const HTTP_PROXY of ["http://me:a%40b%25@proxy:3128", "socks5h://proxy:1080", "https://proxy/"]) {
      assert.deepEqual(Object.keys(pastProxies({ HTTP_PROXY }, nowhere)), ["NO_PROXY", "no_proxy"]);
    }
  });

  it("is known not to be one for Node", () => {
    for (const proxy of [
      "socks5h://127.0.0.1:1080",
      "ftp://proxy",
      "http://me:pa#ss@proxy:3128",
      "http://proxy:99999",
    ]) {
      const env = { https_proxy: proxy, HTTP_PROXY: "http://proxy" };
      assert.deepEqual(unfitForNode({ ...env, ...pastProxies(env, nowhere) }), ["https_proxy"], proxy);
    }
    assert.deepEqual(unfitForNode({ HTTP_PROXY: "", ALL_PROXY: "socks5h://127.0.0.1:1080" }), []);
  });

  it("changes nothing where there is none", () => {
    assert.deepEqual(pastProxies({ NO_PROXY: "one.example", HTTP_PROXY: "" }, nowhere), {});
  });

  it("is passed by all that the stack starts", () => {
    assert.match(environment({ HTTP_PROXY: "http://proxy" }).NO_PROXY ?? "", /(^|,)127\.0\.0\.1(,|$)/);
  });
});
