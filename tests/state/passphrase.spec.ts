import assert from "node:assert/strict";
import { createCipheriv, pbkdf2Sync } from "node:crypto";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { mustHavePassphrase, problemOfPassphrase } from "../../state/passphrase.ts";

/** What Pulumi writes for a passphrase. */
function saltFor(passphrase: string): string {
  const [salt, nonce] = [Buffer.alloc(8, 1), Buffer.alloc(12, 2)];
  const cipher = createCipheriv("aes-256-gcm", pbkdf2Sync(passphrase, salt, 1_000_000, 32, "sha256"), nonce);
  const word = Buffer.concat([cipher.update("pulumi"), cipher.final(), cipher.getAuthTag()]);
  return ["v1", salt.toString("base64"), "v1", nonce.toString("base64"), word.toString("base64")].join(":");
}

describe("the passphrase of a stack", function () {
  this.timeout("20s");
  let folder: FsFixture;

  beforeEach(async () => {
    folder = await createFixture({
      ".state/passphrase": "right\n",
      ".state/.pulumi/stacks/todo-stack/dev.json": "{}",
      "Pulumi.dev.yaml": "config: {}\n",
      other: "wrong",
    });
    await encrypted("right");
  });
  afterEach(() => folder.rm());

  const encrypted = async (passphrase: string): Promise<void> => {
    const latest = { secrets_providers: { type: "passphrase", state: { salt: saltFor(passphrase) } } };
    await folder.writeFile(".state/.pulumi/stacks/todo-stack/dev.json", JSON.stringify({ checkpoint: { latest } }));
  };
  const problem = (env: NodeJS.ProcessEnv) => problemOfPassphrase(folder.path, "dev", env);

  it("is the checkout's own, or one of the user's that opens the state", async () => {
    assert.equal(problem({}), undefined);
    assert.equal(problem({ PULUMI_CONFIG_PASSPHRASE: "right" }), undefined);
    assert.equal(problem({ PULUMI_CONFIG_PASSPHRASE_FILE: folder.getPath(".state/passphrase") }), undefined);
    await encrypted("");
    assert.equal(problem({ PULUMI_CONFIG_PASSPHRASE: "" }), undefined);
  });

  it("does not matter where nothing is encrypted, or where the state is damaged, which is said elsewhere", async () => {
    for (const text of ['{"checkpoint":{"latest":{}}}', "{"]) {
      await folder.writeFile(".state/.pulumi/stacks/todo-stack/dev.json", text);
      assert.equal(problem({ PULUMI_CONFIG_PASSPHRASE: "" }), undefined);
    }
  });

  for (const passphrase of ["", "wrong", "right\n"]) {
    it(`is not ${JSON.stringify(passphrase)} of a variable: unset it`, () => {
      assert.deepEqual(problem({ PULUMI_CONFIG_PASSPHRASE: passphrase }), {
        what: "the passphrase of PULUMI_CONFIG_PASSPHRASE does not open the state of stack dev",
        next: "Type: unset PULUMI_CONFIG_PASSPHRASE",
      });
    });
  }

  it("is not what another file holds, or one that cannot be read", () => {
    assert.deepEqual(problem({ PULUMI_CONFIG_PASSPHRASE_FILE: "other" }), {
      what: "the passphrase of PULUMI_CONFIG_PASSPHRASE_FILE does not open the state of stack dev",
      next: "Type: unset PULUMI_CONFIG_PASSPHRASE_FILE",
    });
    assert.deepEqual(problem({ PULUMI_CONFIG_PASSPHRASE_FILE: "/does/not/exist" }), {
      what: "the passphrase of PULUMI_CONFIG_PASSPHRASE_FILE cannot be read",
      next: "Type: unset PULUMI_CONFIG_PASSPHRASE_FILE",
    });
  });

  it("must be set to the right one where the checkout has none that fits", async () => {
    await folder.rm(".state/passphrase");
    assert.match(problem({ PULUMI_CONFIG_PASSPHRASE: "wrong" })?.next ?? "", /^Set PULUMI_CONFIG_PASSPHRASE to/);
    assert.match(problem({})?.next ?? "", /^Put the right one back into \.state\/passphrase$/);
  });

  it("must open the settings too when there are secrets in them", async () => {
    const secrets = 'config:\n  todo-stack:openaiApiKey:\n    secure: "v1:a:b"\n';
    await folder.writeFile("Pulumi.dev.yaml", `encryptionsalt: ${saltFor("other")}\n${secrets}`);
    assert.match(problem({})?.what ?? "", /does not open Pulumi\.dev\.yaml$/);
    await folder.writeFile("Pulumi.dev.yaml", `encryptionsalt: ${saltFor("other")}\nconfig: {}\n`);
    assert.equal(problem({}), undefined, "a salt without secrets is taken away");
  });

  it("is asked for before Pulumi runs, in one sentence, and never shown", async () => {
    const must = (env: NodeJS.ProcessEnv): void => mustHavePassphrase("dev", env, folder.path);
    must({});
    must({ PULUMI_CONFIG_PASSPHRASE: "right" });
    assert.throws(
      () => must({ PULUMI_CONFIG_PASSPHRASE: "wrong-hush" }),
      (error: Error) => {
        assert.equal(
          error.message,
          "Stack dev cannot be decrypted: the passphrase of PULUMI_CONFIG_PASSPHRASE does not open the state of stack dev.\n" +
            "  Type: unset PULUMI_CONFIG_PASSPHRASE.",
        );
        return error.name === "UserError";
      },
    );
    await folder.rm(".state/passphrase");
    assert.throws(() => must({}), /cannot be read\.\n {2}Put the right one back into \.state\/passphrase\.$/);
  });
});
