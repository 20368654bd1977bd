import assert from "node:assert/strict";
import { createFixture } from "fs-fixture";
import { restore } from "../../cli/backup.ts";
import { UserError } from "../../provider/processes/errors.ts";
import { rotate } from "../../cli/rotate.ts";

const refusal = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => assert.fail("it must be refused"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof UserError, `only a UserError is shown without a stack: ${String(error)}`);
  return error.message;
};

describe("restore, before it touches anything", () => {
  it("asks for a file", async () => {
    assert.match(await refusal(restore(undefined, true)), /Which backup\?\n {2}Type: npm run restore -- backups\/FILE/);
  });

  for (const [what, content] of Object.entries({ "an empty file": "", "another file": "CREATE TABLE todos" })) {
    it(`refuses ${what}`, async () => {
      const folder = await createFixture({ "a.dump": content });
      const text = await refusal(restore(folder.getPath("a.dump"), true));
      await folder.rm();
      assert.match(text, /a\.dump cannot be used as a backup: it is no dump in PostgreSQL's custom format/);
    });
  }

  it("refuses a file that is not there", async () => {
    assert.match(await refusal(restore("/no/such.dump", true)), /such\.dump cannot be used as a backup: ENOENT/);
  });
});

describe("rotate", () => {
  it("refuses what it cannot renew, and names what it can", async () => {
    assert.match(
      await refusal(rotate("jtw")),
      /jtw is no secret to renew\.\n {2}Type: npm run rotate -- jwt or database/,
    );
  });
});
