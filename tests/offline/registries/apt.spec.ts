import assert from "node:assert/strict";
import process from "node:process";
import { canInstallPackages, installPackages } from "../../../offline/registries/apt.ts";

const { getuid } = process;

describe("Debian packages", () => {
  afterEach(() => {
    if (getuid !== undefined) process.getuid = getuid;
  });

  it("are not installed by anybody but root, who is told which to install", async () => {
    process.getuid = () => 1000;
    assert.equal(canInstallPackages(), false);
    await assert.rejects(
      installPackages(["chromium", "gcc"], () => undefined),
      {
        name: "UserError",
        message: /chromium gcc must be installed.*as root.*\n {2}Install by hand: chromium gcc$/,
      },
    );
  });
});
