import assert from "node:assert/strict";
import { stack } from "./support/stack.ts";

describe("the stack from outside", function () {
  this.timeout("1m");

  it("W3: every pod is ready, the URL answers, and the frontend reaches the backend", async () => {
    for (const component of ["postgres", "backend", "frontend"]) {
      const [pod] = await stack.cluster.pods(component);
      const ready = pod?.status?.conditions?.find(({ type }) => type === "Ready")?.status;
      assert.equal(ready, "True", `the pod of ${component} must be ready`);
    }
    assert.equal((await fetch(stack.url)).status, 200, `${stack.url} must answer`);
    const throughProxy = await fetch(`${stack.url}/api/backend/auth/me`);
    assert.equal(throughProxy.status, 401, "the backend must answer a stranger by the frontend's proxy");
  });

  it("npm run status shows every pod, and npm run doctor finds nothing that fails", async () => {
    const status = await stack.copy.npm("status");
    assert.equal(status.exitCode, 0, status.all);
    for (const component of ["postgres", "backend", "frontend"]) {
      const [pod] = await stack.cluster.podNames(component);
      assert.ok(
        pod !== undefined && status.stdout.includes(pod),
        `the pod of ${component} must be shown:\n${status.all}`,
      );
    }
    const doctor = await stack.copy.npm("doctor");
    assert.equal(doctor.exitCode, 0, doctor.all);
  });
});
