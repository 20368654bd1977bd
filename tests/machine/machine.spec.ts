import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { execa } from "execa";
import {
  answers,
  imagesAreOutOfReach,
  isOutOfReach,
  lookAround,
  outOfReach,
  pluginsAreOutOfReach,
} from "../../machine/machine.ts";
import { checkout } from "../../machine/paths.ts";
import { imagesAreMadeHere } from "../../offline/registries/images/made-here.ts";

const without = (...hosts: string[]) => ({ unreachable: hosts });
const needs = {
  "tools of GitHub": (machine: ReturnType<typeof without>) => isOutOfReach("https://github.com/a/b", machine),
  helm: (machine: ReturnType<typeof without>) => isOutOfReach("https://get.helm.sh/helm.tar.gz", machine),
  plugins: pluginsAreOutOfReach,
  images: imagesAreOutOfReach,
};

describe("what set-up finds out about a machine", () => {
  for (const [hosts, expected] of [
    [[], []],
    [["github.com"], ["tools of GitHub"]],
    [["get.helm.sh"], ["helm"]],
    // There are two places for each plugin.
    [["get.pulumi.com"], []],
    [
      ["get.pulumi.com", "github.com"],
      ["tools of GitHub", "plugins"],
    ],
    [["registry-1.docker.io"], ["images"]],
    // Minikube has what a cluster starts with in one archive.
    [["registry.k8s.io", "gcr.io", "dl.k8s.io"], []],
    [["storage.googleapis.com"], []],
    [["storage.googleapis.com", "registry.k8s.io"], ["images"]],
    [["storage.googleapis.com", "gcr.io"], ["images"]],
  ] as const) {
    it(`keeps ${expected.join(" and ") || "nothing"} from one without ${hosts.join(", ") || "nothing"}`, () => {
      const machine = without(...hosts);
      const found = Object.entries(needs).flatMap(([need, isMissing]) => (isMissing(machine) ? [need] : []));
      assert.deepEqual(found, expected);
    });
  }

  it("has images made here only where they are out of reach and packages of Debian can be installed", () => {
    assert.equal(imagesAreMadeHere(without("registry-1.docker.io"), true), true);
    assert.equal(imagesAreMadeHere(without("registry-1.docker.io"), false), false);
    assert.equal(imagesAreMadeHere(without(), true), false);
  });

  it("names the hosts that did not answer, and goes on", async () => {
    const machine = await lookAround([], (url) => Promise.resolve(!url.includes("docker.io")));
    assert.deepEqual(outOfReach(machine), ["registry-1.docker.io"]);
    assert.equal(isOutOfReach("https://github.com/a/b", machine), false);
  });

  it("neither asks nor uses a host that the user does not want", async () => {
    const asked: string[] = [];
    const machine = await lookAround(["github.com"], (url) => {
      asked.push(new URL(url).host);
      return Promise.resolve(true);
    });
    assert.equal(asked.includes("github.com"), false);
    assert.equal(isOutOfReach("https://github.com/a/b", machine), true);
  });

  it("asks every host once", async () => {
    const asked: string[] = [];
    await lookAround([], (url) => {
      asked.push(new URL(url).host);
      return Promise.resolve(true);
    });
    assert.equal(new Set(asked).size, asked.length);
    assert.ok(asked.includes("github.com"), "releases must be asked for");
    assert.ok(asked.includes("registry.k8s.io"), "images must be asked for");
  });

  it("reads what an older version has found", () => {
    const older = {
      unreachable: ["github.com", "get.pulumi.com", "registry.k8s.io", "registry-1.docker.io", "gcr.io"],
    };
    assert.deepEqual([pluginsAreOutOfReach(older), imagesAreOutOfReach(older)], [true, true]);
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

  describe("for a set-up", () => {
    let cache: string;
    beforeEach(() => {
      cache = mkdtempSync(join(tmpdir(), "cache-"));
    });
    afterEach(() => {
      rmSync(cache, { recursive: true });
    });

    /** A set-up of its own process, in which the network is bad. @returns whether it looked. */
    const setUp = async (unreachable: string[], work: string): Promise<boolean> => {
      const script = `
        import { setUpAfterLook } from "./machine/machine.ts";
        const look = async () => (console.log("looked"), { unreachable: ${JSON.stringify(unreachable)} });
        await setUpAfterLook(look, async () => { ${work} }).catch(() => undefined);
      `;
      const options = { cwd: checkout, env: { XDG_CACHE_HOME: cache }, reject: false };
      const { stdout } = await execa(process.execPath, ["--input-type=module", "--eval", script], options);
      return stdout.includes("looked");
    };

    for (const [how, work] of [
      ["failed", "throw new Error('no route to host')"],
      ["was killed", "process.kill(process.pid, 'SIGKILL')"],
    ] as const) {
      it(`looks again after one that ${how}, which may have met a bad network`, async () => {
        assert.equal(await setUp(["github.com"], work), true);
        assert.equal(await setUp([], ""), true);
      });
    }

    it("keeps what one that ended well has found", async () => {
      assert.equal(await setUp(["github.com"], ""), true);
      assert.equal(await setUp([], "throw new Error('no space')"), false);
      assert.equal(await setUp([], ""), false);
    });
  });
});
