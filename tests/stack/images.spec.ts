import assert from "node:assert/strict";
import { NodeDaemon } from "../helpers/cluster/node-daemon.ts";
import { until } from "../helpers/until.ts";
import { stack } from "./support/stack.ts";

const components = ["backend", "frontend"] as const;
const megabyte = 1e6;

/** What a container needs to start where nothing else is: it never gets as far as to use it. */
const settings = {
  backend: [
    "DATABASE_URL=postgresql+psycopg://todo:none@127.0.0.1:1/todo",
    `JWT_SECRET=${"only-for-this-test-".repeat(3)}`,
    "FORWARDED_ALLOW_IPS=127.0.0.1",
  ],
  frontend: ["BACKEND_URL=http://127.0.0.1:1"],
};

interface Container {
  State: { Health: { Status: string }; ExitCode: number };
}

interface Image {
  Size: number;
  Config: { User: string };
}

/** How the images behave. What is in them is looked at in tests/full/stack/images.spec.ts. */
describe("the images", function () {
  this.timeout("5m");

  let daemon: NodeDaemon;

  before(async () => {
    daemon = await NodeDaemon.of(stack.copy);
  });

  it("I3: run as user 65532 on a read-only root without a network, are healthy by themselves, and end cleanly", async () => {
    for (const component of components) {
      const image = daemon.images[component];
      assert.equal((await daemon.inspect<Image>(image)).Config.User, "65532:65532");
      const container = await daemon.docker(
        ...["run", "--detach", "--read-only", "--tmpfs", "/tmp", "--network", "none", "--cap-drop", "ALL"],
        ...["--security-opt", "no-new-privileges", ...settings[component].flatMap((each) => ["--env", each]), image],
      );
      try {
        const state = async () => (await daemon.inspect<Container>(container)).State;
        await until(`the ${component}'s HEALTHCHECK passes`, async () => (await state()).Health.Status === "healthy");
        await daemon.docker("stop", "--time", "30", container);
        assert.equal((await state()).ExitCode, 0, `SIGTERM did not end the ${component} cleanly`);
      } finally {
        await daemon.docker("rm", "--force", container);
      }
    }
  });

  it("I4: the backend believes a trusted proxy about the client's address, and nobody else", async () => {
    const ask = (path: string) =>
      `from urllib.request import Request, urlopen; urlopen(Request("http://127.0.0.1:8000/${path}", headers={"X-Forwarded-For": "203.0.113.7"}))`;
    for (const [trusted, expected] of [
      ["127.0.0.1", "203.0.113.7"],
      ["192.0.2.1", "127.0.0.1"],
    ] as const) {
      const env = [...settings.backend, `FORWARDED_ALLOW_IPS=${trusted}`].flatMap((each) => ["--env", each]);
      const container = await daemon.docker("run", "--detach", "--network", "none", ...env, daemon.images.backend);
      try {
        await until("the backend answers", async () =>
          daemon.docker("exec", container, "python", "-c", ask("api/v1/todos?probe")).then(
            () => true,
            (error: unknown) => String(error).includes("HTTP Error 401"),
          ),
        );
        const log = await daemon.docker("logs", container);
        assert.match(log, new RegExp(`"client": ?"${expected.replaceAll(".", "\\.")}"`), `with ${trusted} trusted`);
      } finally {
        await daemon.docker("rm", "--force", container);
      }
    }
  });

  it("I5: are small", async () => {
    const size = async (name: string): Promise<number> => (await daemon.inspect<Image>(name)).Size / megabyte;
    const [backend, frontend] = [await size(daemon.images.backend), await size(daemon.images.frontend)];
    assert.ok(backend <= 500, `the backend has ${backend} MB, and may have 500`);
    assert.ok(frontend <= 250, `the frontend has ${frontend} MB, and may have 250`);
    assert.ok(backend + frontend < 600, `together they have ${backend + frontend} MB, and may have 600`);
  });
});
