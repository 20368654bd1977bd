import assert from "node:assert/strict";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { createFixture } from "fs-fixture";
import { developmentVariable } from "../../components/lib/development.ts";
import { bringsPassphrase, environment } from "../../toolchain/environment.ts";
import { cacheFolder, checkout, minikubeHome, passphraseFile, pulumiHome, stateFolder } from "../../toolchain/paths.ts";

describe("the environment of the stack's tools", () => {
  it("keeps Pulumi's and Minikube's data in places of the stack, whatever the user has set", () => {
    const env = environment({
      PULUMI_HOME: "/home/user/.pulumi",
      PULUMI_BACKEND_URL: "s3://a-company",
      MINIKUBE_HOME: "/home/user/.minikube",
    });
    assert.equal(env.PULUMI_HOME, pulumiHome);
    assert.equal(env.PULUMI_BACKEND_URL, `file://${stateFolder}`);
    assert.equal(env.MINIKUBE_HOME, minikubeHome);
  });

  it("never finds the pulumi of a checkout, which would start itself for ever", async () => {
    await using folder = await createFixture();
    const link = folder.getPath("link");
    await symlink(checkout, link);
    for (const root of [checkout, link]) {
      const env = environment({ PATH: `${join(root, "node_modules", ".bin")}:/usr/bin` });
      assert.ok(!env.PATH?.includes("node_modules"), env.PATH);
      assert.ok(env.PATH?.endsWith("/usr/bin"), "the user's PATH must be kept, after the stack's tools");
    }
  });

  it("W1: leaves out what brings a stack up for development, which is for `npm run dev` alone", () => {
    assert.equal(environment({ [developmentVariable]: "true" })[developmentVariable], undefined);
  });

  it("stays as it is when taken twice", () => {
    const once = environment({ PATH: "/usr/bin:/bin" });
    assert.deepEqual(environment(once), once);
  });

  it("lets every Node that Pulumi starts keep what it has compiled, in the user's cache or where the user says", () => {
    assert.equal(environment({}).NODE_COMPILE_CACHE, join(cacheFolder, "compile-cache"));
    assert.equal(environment({ NODE_COMPILE_CACHE: "/elsewhere" }).NODE_COMPILE_CACHE, "/elsewhere");
  });

  it("uses the passphrase of this checkout", () => {
    assert.equal(environment({}).PULUMI_CONFIG_PASSPHRASE_FILE, passphraseFile);
  });

  for (const [title, user] of [
    ["a passphrase", { PULUMI_CONFIG_PASSPHRASE: "" }],
    ["a passphrase file", { PULUMI_CONFIG_PASSPHRASE_FILE: "/home/user/passphrase" }],
  ] as const) {
    it(`leaves ${title} of the user's alone`, () => {
      const env = environment(user);
      assert.equal(bringsPassphrase(user), true);
      assert.deepEqual(
        [env.PULUMI_CONFIG_PASSPHRASE, env.PULUMI_CONFIG_PASSPHRASE_FILE],
        [
          (user as NodeJS.ProcessEnv).PULUMI_CONFIG_PASSPHRASE,
          (user as NodeJS.ProcessEnv).PULUMI_CONFIG_PASSPHRASE_FILE,
        ],
      );
    });
  }

  it("passes everything else on", () => {
    assert.equal(environment({ HTTPS_PROXY: "http://proxy:3128" }).HTTPS_PROXY, "http://proxy:3128");
  });
});
