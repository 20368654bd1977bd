import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { readFile, writeFile } from "node:fs/promises";
import { environmentProxy } from "../../../provider/processes/environment-proxy.ts";
import { idOf, openExisting } from "../../../provider/cluster/kubernetes/existing-access.ts";
import { FakeApi } from "../fake-api.ts";

const proxy = "http://proxy.example:3128";

describe("the proxy of the environment for a cluster that is there", () => {
  const cases: [noProxy: string, server: string, isBypassed: boolean][] = [
    ["", "https://api.example", false],
    ["*", "https://api.example", true],
    ["other.example, api.example", "https://api.example:6443", true],
    ["example", "https://api.example", true],
    [".example", "https://api.example", true],
    ["*.example", "https://api.example", true],
    [".api.example", "https://api.example", false],
    ["pi.example", "https://api.example", false],
    ["API.example:6443", "https://api.example:6443", true],
    ["api.example:6443", "https://api.example", false],
    ["api.example:443", "https://api.example", true],
    ["10.0.0.0/8", "https://10.1.2.3", true],
    ["10.0.0.0/8", "https://192.0.2.1", false],
    ["10.0.0.0/8", "https://api.example", false],
    ["10.0.0.0/99", "https://10.1.2.3", false],
    ["192.0.2.1", "https://192.0.2.1:6443", true],
    ["fd00::/8", "https://[fd00::1]:6443", true],
    ["fd00::1", "https://[fd00::1]:6443", true],
    ["[fd00::1]:6443", "https://[fd00::1]:6443", true],
    ["[fd00::1]:443", "https://[fd00::1]:6443", false],
    ["", "https://localhost:6443", true],
    ["", "https://127.0.0.1:6443", true],
    ["", "https://[::1]:6443", true],
  ];
  for (const [noProxy, server, isBypassed] of cases) {
    it(`${isBypassed ? "is not asked for" : "is asked for"} ${server} where NO_PROXY is "${noProxy}"`, () => {
      const found = environmentProxy(server, { HTTPS_PROXY: proxy, NO_PROXY: noProxy });
      assert.equal(found, isBypassed ? undefined : proxy);
    });
  }

  it("is named in small letters, and without http://, as well", () => {
    assert.equal(environmentProxy("https://api.example", { https_proxy: "proxy.example:3128" }), proxy);
    const bypassed = { https_proxy: proxy, no_proxy: "api.example" };
    assert.equal(environmentProxy("https://api.example", bypassed), undefined);
    assert.equal(environmentProxy("https://api.example", { HTTP_PROXY: proxy }), undefined);
  });

  it("leads to the cluster, whose certificate is verified all the same", async () => {
    const api = await FakeApi.start();
    api.isCluster("cluster-1");
    const kubeconfig = await readFile(api.kubeconfig, "utf8");
    const [, port] = /https:\/\/127\.0\.0\.1:(\d+)/.exec(kubeconfig) ?? [];
    await writeFile(api.kubeconfig, kubeconfig.replace("127.0.0.1", "api.example"));
    const asked: (string | undefined)[] = [];
    const server = createServer();
    server.on("connect", ({ url }, client: Duplex) => {
      asked.push(url);
      const way = connect(Number(port), "127.0.0.1", () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        way.pipe(client).pipe(way);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const env = { HTTPS_PROXY: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    const connection = await openExisting({ kubeconfig: api.kubeconfig, context: "todo" }, env);
    try {
      assert.equal(await idOf(connection), "cluster-1");
      assert.deepEqual(asked, [`api.example:${port}`]);
    } finally {
      connection.agent.destroy();
      server.close();
      await api.stop();
    }
  });
});
