import assert from "node:assert/strict";
import { stack } from "./support/stack.ts";

/** Runs a line of the language that a container has; neither of them has a shell that it needs. */
const inside = {
  backend: (python: string) => stack.cluster.exec("backend", "python", "-c", python),
  frontend: (javascript: string) => stack.cluster.exec("frontend", "node", "-e", javascript),
};

describe("inside the containers", function () {
  this.timeout("1m");

  it("S1: the root file system is read-only, /tmp is not, and no capability is left", async () => {
    const python = `
import errno
open("/tmp/probe", "w").close()
try: open("/app/probe", "w")
except OSError as error: print(errno.errorcode[error.errno])
print([line.split()[1] for line in open("/proc/self/status") if line.startswith(("CapEff", "CapBnd", "NoNewPrivs", "Seccomp:"))])`;
    const backend = (await inside.backend(python)).output.trim().split("\n");
    assert.deepEqual(backend, ["EROFS", "['0000000000000000', '0000000000000000', '1', '2']"]);
    const javascript = `
const { readFileSync, writeFileSync } = require("node:fs");
writeFileSync("/tmp/probe", "");
try { writeFileSync("/app/probe", ""); } catch (error) { console.log(error.code); }
console.log(readFileSync("/proc/self/status", "utf8").match(/^(CapEff|CapBnd|NoNewPrivs|Seccomp):.*/gm).map((l) => l.split("\t")[1]).join());`;
    const frontend = (await inside.frontend(javascript)).output.trim().split("\n");
    assert.deepEqual(frontend, ["EROFS", "0000000000000000,0000000000000000,1,2"]);
  });

  it("S2: no container holds a token for the Kubernetes API", async () => {
    const folder = "/var/run/secrets/kubernetes.io";
    assert.equal((await inside.backend(`import os; print(os.path.exists("${folder}"))`)).output.trim(), "False");
    const frontend = await inside.frontend(`console.log(require("node:fs").existsSync("${folder}"))`);
    assert.equal(frontend.output.trim(), "false");
  });

  it("O2: the backend counts, times and gauges its requests for Prometheus", async () => {
    const python = `from urllib.request import urlopen; print(urlopen("http://127.0.0.1:8000/metrics").read().decode())`;
    const { output } = await inside.backend(python);
    for (const name of ["http_requests_total", "http_request_duration_seconds_bucket", "http_requests_in_progress"]) {
      assert.match(output, new RegExp(`^${name}(\\{.*\\})? [0-9.e+]+$`, "m"), `${name} must be there`);
    }
  });
});
