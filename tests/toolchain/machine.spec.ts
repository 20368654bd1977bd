import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { answers, isRegistryOnly, lookAround, whyRegistryOnly } from "../../toolchain/machine.ts";

describe("what set-up finds out about a machine", () => {
  it("is ordinary where everything answers", async () => {
    const machine = await lookAround(() => Promise.resolve(true));
    assert.equal(isRegistryOnly(machine), false);
  });

  it("is registry-only where one place does not answer, and says which", async () => {
    const machine = await lookAround((url) => Promise.resolve(!url.includes("docker.io")));
    assert.equal(isRegistryOnly(machine), true);
    assert.equal(whyRegistryOnly(machine), "registry-1.docker.io cannot be reached from this machine");
  });

  it("asks every place once", async () => {
    const asked: string[] = [];
    await lookAround((url) => {
      asked.push(url);
      return Promise.resolve(true);
    });
    assert.equal(new Set(asked).size, asked.length);
    assert.ok(
      asked.some((url) => url.includes("github.com")),
      "releases must be asked for",
    );
    assert.ok(
      asked.some((url) => url.includes("registry.k8s.io")),
      "images must be asked for",
    );
  });

  for (const [status, expected] of [
    [200, true],
    [401, true],
    [403, false],
    [407, false],
    [503, false],
  ] as const) {
    it(`takes status ${status} for ${expected ? "an answer" : "none"}`, async () => {
      const server = createServer((_, response) => response.writeHead(status).end()).listen(0, "127.0.0.1");
      await once(server, "listening");
      try {
        assert.equal(await answers(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`), expected);
      } finally {
        server.close();
      }
    });
  }

  it("takes a refused connection for none", async () => {
    assert.equal(await answers("http://127.0.0.1:1/"), false);
  });
});
