import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { execa } from "execa";
import { answers } from "../../../provider/diagnosis/http-answer.ts";

describe("whether the application answers", () => {
  let app: Server;
  let asked: string[];
  let status: number;

  beforeEach(async () => {
    [asked, status] = [[], 200];
    app = createServer(({ url, headers }, response) => {
      asked.push(`${headers.host ?? ""}${url ?? ""}`);
      response.writeHead(status).end("words");
    });
    app.listen(0, "127.0.0.1");
    await once(app, "listening");
  });

  afterEach(() => {
    app.closeAllConnections();
    app.close();
  });

  const port = (): number => (app.address() as AddressInfo).port;

  it("is asked for / and expected to say 200, unless the program says otherwise", async () => {
    const url = `http://localhost:${port()}`;
    assert.equal(await answers(url), true);
    assert.equal(await answers(url, { path: "/healthz", status: 204 }), false, "somebody else listens there");
    status = 204;
    assert.equal(await answers(url, { path: "/healthz", status: 204 }), true);
    assert.equal(await answers(url), false, "somebody else listens there");
    assert.deepEqual(
      asked,
      ["/", "/healthz", "/healthz", "/"].map((path) => `localhost:${port()}${path}`),
    );
  });

  it("is no, when nobody listens", async () => {
    const url = `http://localhost:${port()}`;
    app.close();
    await once(app, "close");
    assert.equal(await answers(url), false);
  });

  it("is not asked of a stranger who listens at the port on ::1, to which localhost leads first on some systems", async () => {
    const stranger = createServer((_request, response) => response.writeHead(200).end());
    stranger.listen(port(), "::1");
    await once(stranger, "listening");
    try {
      assert.equal(await answers(`http://localhost:${port()}`), true);
    } finally {
      stranger.closeAllConnections();
      stranger.close();
    }
  });

  it("is asked past every proxy, though Node is told to use them", async () => {
    const proxy = "http://127.0.0.1:9";
    const module = new URL("../../../provider/diagnosis/http-answer.ts", import.meta.url).href;
    const script = `import { answers } from ${JSON.stringify(module)}; console.log(await answers("http://localhost:${port()}"));`;
    const env = { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: proxy, http_proxy: proxy, NO_PROXY: "", no_proxy: "" };
    const { stdout } = await execa(process.execPath, ["--input-type=module", "--eval", script], { env });
    assert.equal(stdout, "true");
  });
});
