import assert from "node:assert/strict";
import { createFixture } from "fs-fixture";
import { buildEnvironment, bundlePath, hostCertificates } from "../../../../offline/registries/images/host-network.ts";

describe("what a build inside the cluster learns of the host's network", () => {
  it("names the bundle of the image, not the host's, where the host has its own authorities", () => {
    const environment = buildEnvironment({ SSL_CERT_FILE: "/etc/company/bundle.pem" });
    assert.equal(environment["SSL_CERT_FILE"], bundlePath);
    assert.equal(
      environment["NODE_EXTRA_CA_CERTS"],
      bundlePath,
      "Node.js in a build does not know the host's authorities",
    );
    assert.equal(environment["PIP_CERT"], bundlePath, "pip in a build does not know the host's authorities");
  });

  it("includes the host's registries", () => {
    const environment = buildEnvironment({
      PIP_INDEX_URL: "https://packages.example/simple",
      NPM_CONFIG_REGISTRY: "https://packages.example/npm/",
    });
    assert.equal(environment["PIP_INDEX_URL"], "https://packages.example/simple");
    assert.equal(environment["UV_DEFAULT_INDEX"], "https://packages.example/simple", "uv must use pip's registry");
    assert.equal(environment["NPM_CONFIG_REGISTRY"], "https://packages.example/npm/");
  });

  it("never includes a password, which would be readable in the image", () => {
    const environment = buildEnvironment({ PIP_INDEX_URL: "https://user:opensesame@packages.example/simple" });
    assert.ok(!JSON.stringify(environment).includes("opensesame"), "a registry's password got into an image");
  });

  it("includes each certificate bundle once", async () => {
    await using fixture = await createFixture({ "own.pem": "OWN AUTHORITY" });
    const own = fixture.getPath("own.pem");
    const text = hostCertificates({ SSL_CERT_FILE: own, PIP_CERT: own, NODE_EXTRA_CA_CERTS: "/no/such/file" });
    assert.equal(text.split("OWN AUTHORITY").length - 1, 1, "the host's own bundle is missing or there twice");
  });
});
