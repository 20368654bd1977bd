import { afterEach, describe, expect, test, vi } from "vitest";
import { checkEnvironment } from "@/server/check-environment";
import { environment } from "@/server/environment";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

test("the defaults", () => {
  expect(environment({ BACKEND_URL: "http://todo-backend:8000/" })).toEqual({
    BACKEND_URL: "http://todo-backend:8000",
    LOG_LEVEL: "info",
    TRUSTED_PROXY_HOPS: 0,
  });
});

test.each([
  ["INFO", "info"],
  ["Warning", "warn"],
  ["CRITICAL", "error"],
])("LOG_LEVEL %s means %s", (given, expected) => {
  expect(environment({ BACKEND_URL: "http://b", LOG_LEVEL: given }).LOG_LEVEL).toBe(expected);
});

describe("refuses", () => {
  test.each([
    ["no address", {}, "BACKEND_URL"],
    ["another protocol", { BACKEND_URL: "ftp://backend" }, "BACKEND_URL"],
    ["a path", { BACKEND_URL: "http://backend/api" }, "BACKEND_URL"],
    ["a password", { BACKEND_URL: "http://user:hidden@backend" }, "BACKEND_URL"],
    ["a query", { BACKEND_URL: "http://backend?x=1" }, "BACKEND_URL"],
    ["an unknown level", { BACKEND_URL: "http://backend", LOG_LEVEL: "loud" }, "LOG_LEVEL"],
    ["hops that are no number", { BACKEND_URL: "http://backend", TRUSTED_PROXY_HOPS: "many" }, "TRUSTED_PROXY_HOPS"],
    ["a port that is none", { BACKEND_URL: "http://backend", METRICS_PORT: "65536" }, "METRICS_PORT"],
  ])("%s, by name and without the value", (_name, source: Record<string, string>, variable) => {
    expect(() => environment(source)).toThrow(variable);
    expect(() => environment(source)).not.toThrow(/hidden/);
  });
});

test("a wrong environment ends the server with one line", () => {
  const exit = vi.spyOn(process, "exit").mockImplementation((() => undefined) as never);
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  vi.stubEnv("BACKEND_URL", "nonsense");
  checkEnvironment();
  expect(exit).toHaveBeenCalledWith(1);
  expect(JSON.parse(String(write.mock.calls[0]?.[0]))).toMatchObject({
    level: "error",
    message: expect.stringContaining("BACKEND_URL") as string,
  });
});
