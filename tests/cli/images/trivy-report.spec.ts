import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { divide, readAllowances } from "../../../cli/images/allowances.ts";
import { findingsIn } from "../../../cli/images/trivy-report.ts";

const report = (name: string): string => readFileSync(join(import.meta.dirname, "reports", name), "utf8");

describe("S4: a report of Trivy", () => {
  it("with packages and nothing above MEDIUM has no findings", () => {
    assert.deepEqual(findingsIn(report("clean.json")), []);
  });

  it("with a HIGH vulnerability names it, its package and the version that repairs it", () => {
    const [found, ...others] = findingsIn(report("high.json"));
    assert.deepEqual(others, []);
    assert.deepEqual([found?.id, found?.package, found?.severity], ["CVE-2026-90003", "openai", "HIGH"]);
    assert.match(found?.text ?? "", /openai 3\.52\.0, fixed in 3\.52\.1: openai: response splitting/);
  });

  it("with a CRITICAL vulnerability that nobody has repaired counts all the same", () => {
    const found = findingsIn(report("critical-unfixed.json"));
    assert.deepEqual(
      found.map(({ severity, text }) => `${severity} ${text}`),
      ["CRITICAL CVE-2026-90004 in libexpat1 2.7.1-2, no fix yet: expat: heap overflow"],
    );
  });

  it("with a secret names its place and never the secret", () => {
    const [found] = findingsIn(report("secret.json"));
    assert.equal(found?.text, "private-key in /app/src/app/settings.py, line 12: Asymmetric Private Key");
    assert.doesNotMatch(JSON.stringify(found), /planted/);
  });

  it("with a severity that is not known counts as a finding", () => {
    assert.equal(findingsIn(report("high.json").replace('"HIGH"', '"SEVERE"')).length, 1);
  });

  for (const [name, message] of [
    ["no-results.json", /no package of the operating system/],
    ["no-system-packages.json", /no package of the operating system/],
    ["no-language-packages.json", /no package of the programming language/],
    ["future-schema.json", /schema version 3/],
    ["truncated.txt", /not whole/],
  ] as const) {
    it(`is no scan: ${name}`, () => {
      assert.throws(() => findingsIn(report(name)), message);
    });
  }

  it("is no scan when nobody records vulnerabilities of the operating system any more", () => {
    const ended = report("clean.json").replace('"Name": "13.1"', '"Name": "13.1", "EOSL": true');
    assert.throws(() => findingsIn(ended), /debian 13\.1 is no longer supported/);
  });
});

describe("S4: the list of allowed findings", () => {
  const today = "2026-11-21";
  const entry = "- {id: CVE-2026-90003, reason: Not reached., until: 2026-11-21}";
  const finding = { id: "CVE-2026-90003", package: "openai", severity: "HIGH", text: "" };

  it("of the checkout can be read, and may be empty", () => {
    const text = readFileSync(join(import.meta.dirname, "../../../apps/allowed-findings.yaml"), "utf8");
    readAllowances(text, new Date().toISOString().slice(0, 10));
    assert.deepEqual(readAllowances("", today), []);
  });

  it("holds until the end of its last day", () => {
    assert.deepEqual(divide([finding], readAllowances(entry, today)), { stopping: [], allowed: [finding], idle: [] });
    assert.throws(() => readAllowances(entry, "2026-11-22"), /entry 1 \(CVE-2026-90003\) ended on 2026-11-21/);
  });

  it("can be of one package alone", () => {
    const allowances = readAllowances(entry.replace("{", "{package: libexpat1, "), today);
    assert.deepEqual(divide([finding], allowances), { stopping: [finding], allowed: [], idle: allowances });
  });

  it("matches an id as a whole", () => {
    assert.equal(divide([finding], readAllowances(entry.replace("90003", "9000"), today)).stopping.length, 1);
    assert.equal(divide([finding], readAllowances(entry.replace("CVE-2026-90003", '"*"'), today)).stopping.length, 1);
  });

  for (const [title, yaml, message] of [
    ["no reason", "- {id: A, until: 2026-12-31}", /entry 1 \(A\) has no reason/],
    ["an empty reason", "- {id: A, reason: ' ', until: 2026-12-31}", /has no reason/],
    ["no id", "- {reason: R, until: 2026-12-31}", /entry 1 has no id/],
    ["no end", "- {id: A, reason: R}", /has no end date/],
    ["an end that is no day", "- {id: A, reason: R, until: 2026-02-30}", /has no end date/],
    ["an unknown key", "- {id: A, reason: R, until: 2026-12-31, severity: LOW}", /unknown key "severity"/],
    ["an empty package", "- {id: A, reason: R, until: 2026-12-31, package: ''}", /an empty package/],
    ["entries that are no mapping", "- CVE-2026-90003", /a list of entries/],
    ["something else than a list", "id: A", /a list of entries/],
    ["broken YAML", "- {id: A", /cannot be used/],
  ] as const) {
    it(`is refused with ${title}`, () => {
      assert.throws(() => readAllowances(yaml, today), { name: "UserError", message });
    });
  }

  it("names every wrong entry at once", () => {
    assert.throws(
      () => readAllowances("- {id: A, until: 2026-12-31}\n- {id: B, reason: R, until: 2020-01-01}", today),
      /entry 1 \(A\) has no reason; entry 2 \(B\) ended on 2020-01-01/,
    );
  });
});
