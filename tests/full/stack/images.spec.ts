import assert from "node:assert/strict";
import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { isDeepStrictEqual } from "node:util";
import { Version } from "@cyclonedx/cyclonedx-library/Spec";
import { JsonStrictValidator } from "@cyclonedx/cyclonedx-library/Validation";
import { createFixture } from "fs-fixture";
import { checkout } from "../../../machine/paths.ts";
import { NodeDaemon, type ImageFile } from "../../helpers/cluster/node-daemon.ts";
import { stack } from "../../stack/support/stack.ts";

const components = ["backend", "frontend"] as const;

/** What takes long to look at in the images. The rest is in tests/stack/images.spec.ts. */
describe("the images", function () {
  this.timeout("5m");

  let daemon: NodeDaemon;
  let files: Record<(typeof components)[number], Map<string, ImageFile>>;

  before(async function () {
    this.timeout("5m");
    daemon = await NodeDaemon.of(stack.copy);
    const { backend, frontend } = daemon.images;
    files = { backend: await daemon.files(backend), frontend: await daemon.files(frontend) };
  });

  it("I1, I2: have no package manager of their language, no build tool and no sources of the frontend", () => {
    const unwanted = /(^|\/)(npm|npx|yarn|yarnpkg|corepack|pip[0-9.]*|uv|uvx|gcc|cc|make|tsc|next)$/;
    for (const component of components) {
      const programs = [...files[component]].filter(([, { mode, type }]) => type !== "directory" && mode & 0o111);
      assert.ok(programs.length > 10, `the programs of the ${component} must be found`);
      const found = programs.map(([path]) => path).filter((path) => /(^|\/)s?bin\//.test(path) && unwanted.test(path));
      assert.deepEqual(found, [], `the ${component} needs none of them`);
      for (const folder of ["pip", "npm"]) {
        const inside = [...files[component].keys()].filter(
          (path) => path.includes(`-packages/${folder}/`) || path.includes(`node_modules/${folder}/`),
        );
        assert.deepEqual(inside, [], `${folder} is left in the ${component}`);
      }
    }
    const own = [...files.frontend.keys()].filter((path) => /^app\/(?!node_modules\/).*\.tsx?$/.test(path));
    assert.deepEqual(own, [], "the frontend needs no sources");
  });

  it("I3: hold no file that gives its user the rights of another", () => {
    for (const component of components) {
      const risky = [...files[component]].filter(([, { mode, type }]) => type === "file" && (mode & 0o6000) !== 0);
      assert.deepEqual(
        risky.map(([path]) => path),
        [],
        `setuid or setgid files in the ${component}`,
      );
    }
  });

  it("I3: hold no secret of the stack in any layer", async () => {
    const { core, namespace } = stack.cluster;
    const { items } = await core.listNamespacedSecret({ namespace, fieldSelector: "type=Opaque" });
    const secrets = items
      .flatMap(({ data }) => Object.values(data ?? {}))
      .map((value) => Buffer.from(value, "base64").toString());
    assert.ok(secrets.length >= 3, "the secrets of the stack must be found");
    for (const component of components) {
      const control = component === "backend" ? "Bring the schema" : "wait-for-backend";
      const found = await daemon.find(daemon.images[component], [...secrets, control]);
      assert.deepEqual(found, [control], `of the ${component}; the last one is there to see that it would be found`);
    }
  });

  it("are reproducible: a build without a cache gives the same files, but for keys that Next.js makes", async function () {
    this.timeout("15m");
    const random =
      /^app\/\.next\/(prerender-manifest\.json|server\/(preview-props|server-reference-manifest)\.js(on)?)$/;
    // Docker puts them into every container.
    const ofContainer = /^(\.dockerenv|dev\/console|etc\/(hostname|hosts|mtab|resolv\.conf))$/;
    for (const component of components) {
      const image = `todo-${component}:again`;
      const context = join(stack.copy.folder, "apps", component);
      await daemon.build("--no-cache", "--build-arg", "SOURCE_DATE_EPOCH=0", "--tag", image, context);
      try {
        const again = await daemon.files(image);
        const differing = [...new Set([...files[component].keys(), ...again.keys()])].filter((path) => {
          const [before, after] = [files[component].get(path), again.get(path)];
          return !isDeepStrictEqual(comparable(path, before), comparable(path, after));
        });
        assert.deepEqual(
          differing.filter((path) => !random.test(path) && !ofContainer.test(path)),
          [],
          `two builds of the ${component} differ, which docs/images.md does not say`,
        );
      } finally {
        await daemon.docker("rmi", image);
      }
    }
  });

  it("S4: npm run scan hands the scanner the very images that run, and passes on what it says", async () => {
    await using folder = await createFixture();
    const report = join(checkout, "tests/cli/images/reports/clean.json");
    for (const [exit, code] of [
      [0, 0],
      [1, 3],
    ] as const) {
      const script = `#!/bin/sh\n[ "$1" != --version ] || { echo Version: 0.70.0; exit 0; }\ntar --extract --to-stdout --file "$3" manifest.json >> ${folder.path}/seen\ncp ${report} "$7"\nexit ${exit}\n`;
      await folder.writeFile("trivy", script);
      await chmod(folder.getPath("trivy"), 0o755);
      const result = await stack.copy.npm("scan", { PATH: `${folder.path}:${process.env["PATH"] ?? ""}` });
      assert.equal(result.exitCode, code, result.all);
    }
    const seen = await folder.readFile("seen", "utf8");
    for (const component of components) {
      const { status } = await stack.cluster.pod(component);
      const running = status?.containerStatuses?.[0]?.image ?? "";
      assert.ok(seen.includes(`"${running}"`), `${running} runs and was not scanned`);
    }
  });

  it("npm run sbom lists every package in the images, as valid CycloneDX", async function () {
    // Where no release of Syft can be had, it is built from source.
    this.timeout("20m");
    const { exitCode, all } = await stack.copy.npm("sbom");
    assert.equal(exitCode, 0, all);
    for (const component of components) {
      const json = await readFile(join(stack.copy.folder, "sbom", `todo-${component}.cdx.json`), "utf8");
      assert.equal(await new JsonStrictValidator(Version.v1dot6).validate(json), null);
      const { components: listed } = JSON.parse(json) as {
        components: { group?: string; name: string; version?: string }[];
      };
      const known = new Set(
        listed.map(({ group, name, version }) => `${group ? `${group}/` : ""}${name} ${version ?? ""}`),
      );
      const packages = [...files[component]].flatMap(([path, file]) => packagesIn(path, file));
      const [system, own] = [packages.filter(({ isSystem }) => isSystem), packages.filter(({ isSystem }) => !isSystem)];
      assert.ok(system.length > 3 && own.length > 3, `the packages of the ${component} must be found to be compared`);
      const missing = packages.map(({ title }) => title).filter((title) => !known.has(title));
      assert.deepEqual(missing, [], `the list of the ${component} lacks packages that are in its image`);
    }
  });
});

/**
 * What two builds must have in common. A folder outside the application changes its time when something in it is
 * removed.
 */
function comparable(path: string, file: ImageFile | undefined): ImageFile | undefined {
  if (file === undefined || path.startsWith("app/") || file.type !== "directory") return file;
  return { ...file, time: 0 };
}

interface Package {
  /** `name version`. */
  title: string;
  /** Of the operating system. */
  isSystem: boolean;
}

/** The packages that a file of an image records: of Python, npm, Debian or Alpine. */
function packagesIn(path: string, { text }: ImageFile): Package[] {
  const field = (name: string, part = text): string | undefined => new RegExp(`^${name}: ?(.+)$`, "m").exec(part)?.[1];
  const record = (isSystem: boolean, name?: string, version?: string): Package[] =>
    name === undefined || version === undefined ? [] : [{ title: `${name} ${version}`, isSystem }];
  if (/site-packages\/[^/]+\.dist-info\/METADATA$/.test(path)) {
    return record(
      false,
      field("Name")
        ?.toLowerCase()
        .replaceAll(/[-_.]+/g, "-"),
      field("Version"),
    );
  }
  if (/^app\/node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(path)) {
    const { name, version } = JSON.parse(text) as { name?: string; version?: string };
    return record(false, name, version);
  }
  if (/^var\/lib\/dpkg\/status(\.d\/[^/]+)?$/.test(path)) {
    return text.split("\n\n").flatMap((part) => record(true, field("Package", part), field("Version", part)));
  }
  if (path === "lib/apk/db/installed") {
    return text.split("\n\n").flatMap((part) => record(true, field("P", part), field("V", part)));
  }
  return [];
}
