import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, readdir, symlink } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createFixture } from "fs-fixture";
import { download, fetchText, Unreachable } from "../../machine/download.ts";
import { UserError } from "../../provider/processes/errors.ts";
import { installRelease, type Tool } from "../../machine/tool-download.ts";

const content = "a release\n";
const sum = createHash("sha256").update(content).digest("hex");
const other = "0".repeat(64);

/** Answers for `/whole`, `/broken-off`, `/missing` and checksum lists. */
const answer: RequestListener = (request, response) => {
  const answers: Record<string, () => void> = {
    "/whole": () => response.end(content),
    "/whole.sha256": () => response.end(`${sum}  whole\n`),
    "/tampered": () => response.end("something else\n"),
    "/tampered.sha256": () => response.end(`${sum}  tampered\n`),
    "/other.sha256": () => response.end(`${sum}  of-another-file\n${sum}  of-yet-another\n`),
    "/broken-off": () => {
      response.writeHead(200, { "content-length": "1000" });
      response.write(content);
      setTimeout(() => response.destroy(), 20);
    },
  };
  const found = answers[request.url ?? ""];
  if (found === undefined) response.writeHead(404).end();
  else found();
};

describe("downloads", () => {
  let server: Server;
  let base: string;

  before(async () => {
    server = createServer(answer).listen(0, "127.0.0.1");
    await once(server, "listening");
    base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });

  after(() => {
    server.close();
  });

  it("keeps a file whose checksum is the published one, and reports progress", async () => {
    await using folder = await createFixture();
    const lines: string[] = [];
    await download(`${base}/whole`, sum, folder.getPath("file"), (line) => lines.push(line));
    assert.equal(await readFile(folder.getPath("file"), "utf8"), content);
    assert.match(lines.join("\n"), /MB/);
  });

  for (const [title, path, checksum, message] of [
    ["a file with another checksum", "/whole", other, /is not the file that was published.*SHA-256/],
    ["a file that breaks off", "/broken-off", sum, /cannot be downloaded/],
    ["a file that is not there", "/missing", sum, /cannot be downloaded: it answered 404/],
  ] as const) {
    it(`refuses ${title}, and leaves nothing behind`, async () => {
      await using folder = await createFixture();
      await assert.rejects(
        download(base + path, checksum, folder.getPath("file"), () => undefined),
        { name: "UserError", message },
      );
      assert.deepEqual(await readdir(folder.path), []);
    });
  }

  it("names the file for which the disk has no room, and not the network", async function () {
    if (!existsSync("/dev/full")) this.skip();
    await using folder = await createFixture();
    const file = folder.getPath("file");
    await symlink("/dev/full", file);
    await assert.rejects(
      download(`${base}/whole`, sum, file, () => undefined),
      (error) => {
        assert.ok(error instanceof UserError);
        assert.ok(!(error instanceof Unreachable), "else it would be tried another way");
        assert.match(error.message, /file cannot be written: no space is left on its disk\./);
        return true;
      },
    );
  });

  it("names the address that cannot be reached", async () => {
    await assert.rejects(fetchText("http://127.0.0.1:1/sums"), {
      name: "UserError",
      message: /127\.0\.0\.1:1\/sums cannot be downloaded: .*\n.*Check the network/,
    });
  });

  describe("of a release", () => {
    const tool: Tool = {
      name: "tool",
      version: "1.0.0",
      accepts: "^1.0.0",
      versionArguments: [],
      manual: "https://example.com/install",
    };
    const install = async (folder: string, url: string, checksums = `${base}${url}.sha256`): Promise<void> => {
      await installRelease(tool, { url: base + url, checksums }, folder, () => undefined);
    };

    it("puts an executable into bin, under the name of the tool", async () => {
      await using folder = await createFixture();
      await install(folder.path, "/whole");
      assert.deepEqual(await readdir(folder.path), ["bin"]);
      assert.deepEqual(await readdir(folder.getPath("bin")), ["tool"]);
    });

    it("refuses one that is not what was published", async () => {
      await using folder = await createFixture();
      await assert.rejects(install(folder.path, "/tampered"), /is not the file that was published/);
      assert.deepEqual(await readdir(folder.path), []);
    });

    it("compares it with the checksum itself, where that is kept here", async () => {
      await using folder = await createFixture();
      await install(folder.path, "/whole", sum);
      assert.deepEqual(await readdir(folder.getPath("bin")), ["tool"]);
      await assert.rejects(install(folder.path, "/tampered", sum), /is not the file that was published/);
    });

    it("refuses one whose checksum is not published", async () => {
      await using folder = await createFixture();
      await assert.rejects(install(folder.path, "/whole", `${base}/other.sha256`), {
        name: "UserError",
        message: /has no checksum of whole.*\n.*https:\/\/example.com\/install/,
      });
    });
  });
});
