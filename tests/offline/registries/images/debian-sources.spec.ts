import assert from "node:assert/strict";
import { mirrorsIn, sourcesOf } from "../../../../offline/registries/images/debian-sources.ts";

const archive = "http://mirror.example/debian/";
const security = "http://mirror.example/security/";

describe("Debian mirrors", () => {
  it("are those of the release this machine runs, whatever else apt knows", () => {
    const targets = [
      "stable http://other.example/tool/",
      `bookworm ${archive}`,
      `bookworm-updates ${archive}`,
      `bookworm-security ${security}`,
      "bookworm http://second.example/debian/",
    ].join("\n");
    assert.deepEqual(mirrorsIn(targets, "bookworm"), { archive, security });
  });

  it("may have no security updates", () => {
    assert.deepEqual(mirrorsIn(`trixie ${archive}`, "trixie"), { archive, security: undefined });
  });

  it("are not guessed on a machine that is no Debian", () => {
    assert.equal(mirrorsIn(`noble ${archive}`, ""), undefined, "an unknown release must not get some mirror");
    assert.equal(mirrorsIn("", "bookworm"), undefined, "no sources must not give a mirror");
  });

  it("serve other releases than this machine's", () => {
    assert.deepEqual(sourcesOf("trixie", { archive, security }), [
      `deb ${archive} trixie main`,
      `deb ${archive} trixie-updates main`,
      `deb ${security} trixie-security main`,
    ]);
    const unsecured = sourcesOf("trixie", { archive, security: undefined });
    assert.ok(!unsecured.join().includes("undefined"), `a missing mirror ended up in the sources: ${unsecured.join()}`);
  });
});
