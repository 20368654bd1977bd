import assert from "node:assert/strict";
import { copyFile } from "node:fs/promises";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import { execa } from "execa";
import { SmallCheckout } from "./small-checkout.ts";

/** In milliseconds; a resource that is compared with nothing beside it would wait as long. */
const patience = 4_000;

/** With the real Pulumi, and a daemon that takes connections and does not answer before two have come. */
describe("npx pulumi up", function () {
  this.timeout("4m");
  const waiting = new Set<Socket>();
  let most = 0;
  const daemon = createServer((socket) => {
    waiting.add(socket);
    most = Math.max(most, waiting.size);
    socket.on("error", () => undefined).on("close", () => waiting.delete(socket));
    if (most > 1) for (const each of waiting) each.destroy();
    else setTimeout(() => socket.destroy(), patience);
  });
  let project: SmallCheckout;

  before(async () => {
    daemon.listen(0, "127.0.0.1");
    await once(daemon, "listening");
    const { port } = daemon.address() as AddressInfo;
    project = await SmallCheckout.create(`
      import { ImagePresence } from "./components/lib/minikube-resources.ts";
      const where = { instance: "1", dockerHost: "tcp://127.0.0.1:${port}", dockerCertPath: import.meta.dirname, files: "{}" };
      for (const name of ["one", "two"]) new ImagePresence(name, { image: name + ":1", ...where });`);
    project.write(
      "Pulumi.yaml",
      "name: todo-stack\nmain: index.ts\nruntime: { name: nodejs, options: { typescript: false } }\n" +
        "plugins: { providers: [{ name: minikube, path: ./provider }] }\n",
    );
    await execa("openssl", [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"],
      ...["-subj", "/CN=x", "-keyout", join(project.folder, "key.pem"), "-out", join(project.folder, "cert.pem")],
    ]);
    await copyFile(join(project.folder, "cert.pem"), join(project.folder, "ca.pem"));
  });
  after(async () => {
    daemon.close();
    await project.remove();
  });

  it("compares resources side by side", async () => {
    const up = ["up", "--yes", "--skip-preview"];
    const first = await project.start(up);
    assert.equal(first.exitCode, 0, first.all);
    const second = await project.start(up);
    assert.equal(second.exitCode, 0, second.all);
    assert.equal(most, 2, "each resource was compared after the one before");
  });
});
