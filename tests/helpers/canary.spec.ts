import assert from "node:assert/strict";
import { symlink, writeFile } from "node:fs/promises";
import { createFixture } from "fs-fixture";
import { filesWith, formsOf, placesWith } from "./canary.ts";

const secret = 'postgresql://todo:ca&n"a<ry%2F\\1@db/x y';
const around = ["", "a", "ab", "abc"];

describe("the search for a secret", () => {
  /** Texts that hold the secret, as programs write them. */
  const written: [string, (text: string) => string][] = [
    ["as it is", (text) => text],
    ["in JSON", (text) => JSON.stringify({ text })],
    ["in JSON in JSON", (text) => JSON.stringify({ log: JSON.stringify({ text }) })],
    ["in JSON of Go", (text) => JSON.stringify({ text }).replaceAll("&", "\\u0026").replaceAll("<", "\\u003c")],
    ["in a URL", (text) => `https://example.com/?url=${encodeURIComponent(text)}`],
    ["in a form", (text) => new URLSearchParams({ url: text }).toString()],
    ["in base64", (text) => Buffer.from(text).toString("base64")],
    ["in base64 of URLs", (text) => Buffer.from(text).toString("base64url")],
    ["in hexadecimal", (text) => Buffer.from(text).toString("hex")],
  ];
  for (const [how, write] of written) {
    it(`finds it ${how}, with whatever stands before and behind it`, async () => {
      const texts = around.flatMap((before) => around.map((behind) => write(`${before}${secret}${behind}`)));
      const places = Object.fromEntries(texts.map((text, index) => [`${index}.txt`, text]));
      assert.deepEqual(placesWith([secret], places), Object.keys(places));
      await using folder = await createFixture(places);
      assert.equal((await filesWith([secret], [folder.path])).length, texts.length);
    });
  }

  it("finds it in a hidden folder and in a binary file, and nowhere else", async () => {
    await using folder = await createFixture({ ".a/.b/c.log": `\0\xff${secret}`, "other.txt": "canary", left: {} });
    await writeFile(folder.getPath("left/secret.txt"), secret);
    await symlink(folder.getPath("left"), folder.getPath("link"));
    assert.deepEqual(await filesWith([secret], [folder.path, folder.getPath("nowhere")], ["left"]), [
      folder.getPath(".a/.b/c.log"),
    ]);
    assert.deepEqual(placesWith([secret], { one: "canary", two: "" }), []);
  });

  it("knows no form that is so short that it stands everywhere", () => {
    for (const form of Object.values(formsOf("0123456789abcdef"))) assert.ok(form.length >= 16, form);
  });
});
