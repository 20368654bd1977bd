import assert from "node:assert/strict";
import {
  buildProxies,
  loopbackProxies,
  markedProxies,
  noProxies,
} from "../../../../provider/resources/images/build-proxies.ts";
import { secretSignature, signatureKey } from "../../../../provider/engine/marks.ts";
import { pastProxies } from "../../../../machine/proxies.mjs";

const proxy = "http://proxy.example:3128";

describe("the proxies of builds in the cluster", () => {
  for (const env of [
    { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: "a" },
    { http_proxy: proxy, https_proxy: proxy, no_proxy: "a" },
  ]) {
    it(`are those of ${Object.keys(env).join(", ")}`, () => {
      assert.deepEqual(buildProxies(env), { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: "a" });
    });
  }

  it("are never asked for this machine and its clusters, as Pulumi is told them", () => {
    const user = { ALL_PROXY: proxy };
    const { HTTP_PROXY, HTTPS_PROXY, NO_PROXY } = buildProxies({ ...user, ...pastProxies(user, "/nowhere") });
    assert.deepEqual([HTTP_PROXY, HTTPS_PROXY], [proxy, proxy]);
    for (const near of ["127.0.0.1", "localhost", "192.168.49.0/24", "10.96.0.0/12"]) {
      assert.ok(NO_PROXY.split(",").includes(near), `${near} must be in ${NO_PROXY}`);
    }
  });

  it("are none where there is none, or nothing is to go by one", () => {
    assert.deepEqual(buildProxies({ NO_PROXY: "a" }), noProxies);
    const user = { HTTP_PROXY: proxy, NO_PROXY: "*" };
    assert.deepEqual(buildProxies({ ...user, ...pastProxies(user, "/nowhere") }), noProxies);
  });

  for (const url of [
    "http://127.0.0.1:3128",
    "http://me:hush@localhost:3128",
    "localhost:3128",
    "127.0.0.1:3128",
    "http://[::1]:3128",
    "http://127.1.2.3",
    "http://0.0.0.0:3128",
  ]) {
    it(`are none where the proxy is ${url}, which in the node is somebody else`, () => {
      assert.deepEqual(buildProxies({ HTTP_PROXY: url, https_proxy: url, NO_PROXY: "a" }), noProxies);
      const [here = "", ...others] = loopbackProxies({ HTTP_PROXY: url, https_proxy: url });
      assert.deepEqual(others, []);
      assert.ok(here !== "" && !here.includes("hush"), here);
    });
  }

  it("keep the one that the node reaches", () => {
    const env = { HTTP_PROXY: "http://127.0.0.1:3128", HTTPS_PROXY: proxy };
    assert.deepEqual(buildProxies(env), { HTTP_PROXY: "", HTTPS_PROXY: proxy, NO_PROXY: "" });
    assert.deepEqual(loopbackProxies(env), ["127.0.0.1:3128"]);
    assert.deepEqual(loopbackProxies({ HTTPS_PROXY: proxy, ALL_PROXY: "" }), []);
  });

  it("are secret where a password may be in them", () => {
    assert.deepEqual(markedProxies(noProxies), noProxies);
    const withPassword = { ...noProxies, HTTP_PROXY: "http://me:hush@proxy.example" };
    assert.deepEqual(markedProxies(withPassword), { [signatureKey]: secretSignature, value: withPassword });
  });
});
