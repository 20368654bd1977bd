import assert from "node:assert/strict";
import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { createFixture } from "fs-fixture";
import { readAllowances } from "../../../cli/images/allowances.ts";
import { exitCodes, scanImages } from "../../../cli/images/scan.ts";

const reports = join(import.meta.dirname, "reports");
const wholeReport = (name: string): string => `cp ${join(reports, name)} "$7"`;

interface Outcome {
  code: number;
  /** What `trivy` was started with: its arguments, and its environment by lines. */
  started: string;
  printed: string;
}

/** Scans two images with a `trivy` that runs `script`; its seventh argument is where the report belongs. */
async function scanWith(
  script: string | undefined,
  options: { allow?: string; images?: number } = {},
): Promise<Outcome> {
  await using folder = await createFixture({
    "bin/started": "",
    "archives/backend.tar": "",
    "archives/frontend.tar": "",
  });
  if (script !== undefined) {
    const head = `#!/bin/sh\necho "$@" >> "$(dirname "$0")/started"\nenv >> "$(dirname "$0")/started"\npwd >> "$(dirname "$0")/started"\n`;
    await folder.writeFile("bin/trivy", `${head}${script}\n`);
    await chmod(folder.getPath("bin/trivy"), 0o755);
  }
  const images = ["backend", "frontend"].slice(0, options.images ?? 2).map((name) => ({
    reference: `todo-${name}:0123456789abcdef`,
    file: folder.getPath(`archives/${name}.tar`),
  }));
  const env = {
    PATH: `${folder.getPath("bin")}:/usr/bin:/bin`,
    HOME: folder.path,
    PULUMI_CONFIG_PASSPHRASE: "planted",
    TRIVY_SEVERITY: "LOW",
    TRIVY_IGNORE_UNFIXED: "true",
    TRIVY_DB_REPOSITORY: "registry.example.com/trivy-db",
  };
  const lines: string[] = [];
  const { log, error } = console;
  console.log = console.error = (line: string) => lines.push(line);
  try {
    const code = await scanImages(images, readAllowances(options.allow ?? "", "2026-11-21"), env);
    return { code, started: await readFile(folder.getPath("bin/started"), "utf8"), printed: lines.join("\n") };
  } finally {
    console.log = log;
    console.error = error;
  }
}

describe("S4: npm run scan", function () {
  this.timeout("20s");

  it("has the exit codes that its documentation promises", () => {
    assert.deepEqual(exitCodes, { clean: 0, findings: 1, usage: 2, notScanned: 3 });
  });

  it("ends with 0 when both images are clean", async () => {
    const { code, started, printed } = await scanWith(wholeReport("clean.json"));
    assert.equal(code, exitCodes.clean);
    assert.match(printed, /CLEAN/);
    for (const name of ["backend", "frontend"])
      assert.match(
        started,
        new RegExp(`--input \\S+/${name}\\.tar .*--scanners vuln,secret`),
        `${name} was not scanned`,
      );
  });

  it("ends with 1 when one image has a finding, and names it", async () => {
    const { code, printed } = await scanWith(
      `case "$*" in *frontend*) ${wholeReport("high.json")};; *) ${wholeReport("clean.json")};; esac`,
    );
    assert.equal(code, exitCodes.findings);
    assert.match(printed, /todo-frontend:\S+: 1 to fix(.|\n)*HIGH +CVE-2026-90003 in openai(.|\n)*FINDINGS/);
  });

  it("ends with 0 when what was found is allowed, and says so", async () => {
    const allow = "- {id: CVE-2026-90003, reason: Not reached., until: 2026-12-31}";
    const { code, printed } = await scanWith(wholeReport("high.json"), { allow });
    assert.equal(code, exitCodes.clean);
    assert.match(printed, /0 to fix, 1 allowed(.|\n)*allowed +CVE-2026-90003/);
  });

  it("names an allowance that nothing needs any more", async () => {
    const allow = "- {id: CVE-2020-1, reason: Not reached., until: 2026-12-31}";
    const { printed } = await scanWith(wholeReport("clean.json"), { allow });
    assert.match(printed, /allowance of CVE-2020-1 is not needed/);
  });

  for (const [title, script, message] of [
    ["Trivy is missing", undefined, /not on PATH/],
    [
      "the database cannot be downloaded",
      'echo "FATAL Fatal error init error: DB error: failed to download vulnerability DB" >&2; exit 1',
      /exit code 1: FATAL .*failed to download vulnerability DB/,
    ],
    ["Trivy is killed", "kill -9 $$", /ended by SIGKILL/],
    ["Trivy writes no report", "exit 0", /wrote no report/],
    ["the report is not whole", wholeReport("truncated.txt"), /not whole/],
    ["nothing was looked at", wholeReport("no-results.json"), /no package of the operating system/],
    ["a clean report comes with a failure", `${wholeReport("clean.json")}; exit 2`, /exit code 2/],
  ] as const) {
    it(`ends with 3 when ${title}`, async () => {
      const { code, printed } = await scanWith(script);
      assert.equal(code, exitCodes.notScanned);
      assert.match(printed, message);
      assert.match(printed, /NOT SCANNED: todo-backend:\S+, todo-frontend:/);
      assert.doesNotMatch(printed, /CLEAN/);
    });
  }

  it("ends with 3 when one image of two could not be scanned", async () => {
    const { code, printed } = await scanWith(
      `case "$*" in *frontend*) exit 1;; *) ${wholeReport("clean.json")};; esac`,
    );
    assert.equal(code, exitCodes.notScanned);
    assert.match(printed, /NOT SCANNED: todo-frontend:0123456789abcdef\./);
  });

  it("ends with 3 when there is no image", async () => {
    assert.equal((await scanWith(wholeReport("clean.json"), { images: 0 })).code, exitCodes.notScanned);
  });

  it("hands Trivy no secret, no setting that hides findings, and no folder with settings", async () => {
    const { started } = await scanWith(wholeReport("clean.json"));
    assert.match(started, /TRIVY_DB_REPOSITORY=registry\.example\.com/, "the user's mirror of the database is used");
    assert.doesNotMatch(started, /planted|TRIVY_SEVERITY|TRIVY_IGNORE/);
    assert.ok(!started.split("\n").includes(process.cwd()), "trivy.yaml or .trivyignore of the checkout would be read");
  });
});
