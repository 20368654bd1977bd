import { execFile } from "node:child_process";
import type { RequestListener } from "node:http";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { startStub } from "../support/stub-backend";

const script = fileURLToPath(new URL("../../runtime/wait-for-backend.mjs", import.meta.url));

interface Line {
  readonly level: string;
  readonly message: string;
  readonly attempt?: number;
  readonly reason?: string;
}

function run(environment: Record<string, string>): Promise<{ code: unknown; lines: Line[] }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [script],
      { env: { PATH: process.env.PATH ?? "", NODE_ENV: "test", ...environment } },
      (error, stdout) => {
        const lines = stdout.trim().split("\n");
        resolve({ code: error?.code ?? 0, lines: lines.map((line) => JSON.parse(line) as Line) });
      },
    );
  });
}

async function against(listener: RequestListener, seconds: string) {
  const stub = await startStub(listener);
  const result = await run({ BACKEND_URL: stub.url, WAIT_SECONDS: seconds });
  await stub.close();
  return { ...result, asked: stub.seen.map((request) => request.url) };
}

test("ends well as soon as the backend is ready", async () => {
  const { code, lines, asked } = await against((_request, response) => response.end("{}"), "10");
  expect(code).toBe(0);
  expect(lines).toMatchObject([{ level: "info", message: "The backend is ready.", attempt: 1 }]);
  expect(asked).toEqual(["/health/ready"]);
});

test("asks again while the backend says that it is not ready, one line per try", async () => {
  let asked = 0;
  const { code, lines } = await against(
    (_request, response) => response.writeHead(++asked < 3 ? 503 : 200).end(),
    "30",
  );
  expect(code).toBe(0);
  expect(lines.map((line) => [line.level, line.attempt])).toEqual([
    ["warn", 1],
    ["warn", 2],
    ["info", 3],
  ]);
  expect(lines[0]?.reason).toBe("status 503");
});

test("gives up in the end, and says what to look at", async () => {
  const { code, lines } = await against((_request, response) => response.writeHead(503).end(), "1");
  expect(code).toBe(1);
  expect(lines.at(-1)).toMatchObject({
    level: "error",
    message: expect.stringMatching(/not ready within 1 s.*pods and logs/) as string,
  });
});

test("a redirect is not readiness", async () => {
  const { code } = await against((_request, response) => response.writeHead(302, { location: "/" }).end(), "1");
  expect(code).toBe(1);
});

test("nobody there is not readiness", async () => {
  const stub = await startStub(() => undefined);
  await stub.close();
  const { code, lines } = await run({ BACKEND_URL: stub.url, WAIT_SECONDS: "1" });
  expect(code).toBe(1);
  expect(lines[0]?.reason).toContain("ECONNREFUSED");
});

test.each([
  ["BACKEND_URL", {}],
  ["BACKEND_URL", { BACKEND_URL: "backend" }],
  ["WAIT_SECONDS", { BACKEND_URL: "http://127.0.0.1:1", WAIT_SECONDS: "soon" }],
])("a wrong %s is named", async (variable, environment: Record<string, string>) => {
  const { code, lines } = await run(environment);
  expect(code).toBe(1);
  expect(lines).toMatchObject([{ level: "error", message: expect.stringContaining(variable) as string }]);
});

test("connects anew for each try, so that a name that led elsewhere is looked up again", async () => {
  const ports = new Set<number | undefined>();
  const { code } = await against((request, response) => {
    ports.add(request.socket.remotePort);
    response.writeHead(ports.size < 3 ? 404 : 200).end("{}");
  }, "10");
  expect(code).toBe(0);
  expect(ports.size).toBe(3);
});
