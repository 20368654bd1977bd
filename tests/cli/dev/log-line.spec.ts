import assert from "node:assert/strict";
import { isOfProbe, readable } from "../../../cli/dev/log-line.ts";

const line = (fields: object): string => JSON.stringify({ timestamp: "2026-01-02T03:04:05.678Z", ...fields });

describe("npm run dev: a line of a log", () => {
  it("shows time, level and message of JSON, then the rest", () => {
    const text = readable(
      line({ level: "info", message: "request", status: 200, path: "/api", tags: ["a"], id: null }),
    );
    assert.equal(text, '03:04:05 info  request  status=200 path=/api tags=["a"]');
  });

  it("shows an exception as the lines it is", () => {
    const exception = "Traceback\n  File x\nValueError: no";
    const text = readable(line({ level: "error", message: "failed", exception }));
    assert.equal(text, "03:04:05 error failed\n    Traceback\n      File x\n    ValueError: no");
  });

  it("shortens a long rest", () => {
    const text = readable(line({ level: "info", message: "m", body: "x".repeat(500) }));
    assert.ok(text.length < 200 && text.endsWith("…"), text);
  });

  for (const text of ['  File "/app/src/app/main.py", line 3', "{ not JSON", "○ Compiling / ..."]) {
    it(`leaves ${text} as it is`, () => assert.equal(readable(text), text));
  }

  it("shows no password of a URL and no bearer token, and no control characters", () => {
    const message = "\u001B[31mpostgresql://todo:s3cret@todo-postgres/todo Authorization: Bearer abc.def-g_h";
    for (const text of [readable(message), readable(line({ level: "info", message }))]) {
      assert.ok(text.includes("postgresql://[hidden]@todo-postgres/todo Authorization: Bearer [hidden]"), text);
      for (const hidden of ["s3cret", "abc.def", "\u001B"]) assert.ok(!text.includes(hidden), text);
    }
  });

  it("is left out when it tells of a probe, which comes every second", () => {
    const request = (path: string): string => line({ level: "debug", message: "request", path, status: 200 });
    for (const probe of [request("/health/ready"), " GET /api/health 200 in 5ms"]) assert.ok(isOfProbe(probe), probe);
    for (const other of [request("/api/v1/todos"), " GET /api/healthy 200 in 5ms", "{ not JSON"]) {
      assert.ok(!isOfProbe(other), other);
    }
  });
});
