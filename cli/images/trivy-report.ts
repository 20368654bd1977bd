import { UserError } from "../../provider/processes/errors.ts";

/** An image was not looked at, or not at all of it: nothing is known of it. */
export class NotScanned extends UserError {}

/** Something in an image that stops its deployment. */
export interface Finding {
  /** `CVE-2026-12345`, or the rule by which a secret was found. */
  id: string;
  /** Name of the package; of a secret, the file that it is in. */
  package: string;
  /** HIGH or CRITICAL. */
  severity: string;
  /** One line for a person, which never holds a secret. */
  text: string;
}

/** What is read of Trivy's JSON report, schema version 2. */
interface Report {
  SchemaVersion?: number;
  Metadata?: { OS?: { Family: string; Name: string; EOSL?: boolean } };
  Results?: Result[];
}

interface Result {
  Target: string;
  Class: string;
  Packages?: unknown[];
  Vulnerabilities?: Vulnerability[];
  Secrets?: Secret[];
}

interface Vulnerability {
  VulnerabilityID: string;
  PkgName: string;
  InstalledVersion: string;
  FixedVersion?: string;
  Severity: string;
  Title?: string;
}

interface Secret {
  RuleID: string;
  Severity: string;
  Title: string;
  StartLine: number;
}

const tolerated = ["UNKNOWN", "LOW", "MEDIUM"];
const classes = { "os-pkgs": "operating system", "lang-pkgs": "programming language" };

/**
 * Reads what stops an image's deployment from Trivy's report on it.
 * @param json the report, made with `--list-all-pkgs`: a list of packages is the proof that they were looked at.
 * @throws NotScanned if the report does not show that all of the image was looked at.
 */
export const findingsIn = (json: string): Finding[] => {
  const report = parse(json);
  refuseUnscanned(report);
  return (report.Results ?? []).flatMap(({ Target, Vulnerabilities = [], Secrets = [] }) => [
    ...Vulnerabilities.filter(stops).map(vulnerability),
    ...Secrets.filter(stops).map((found) => secret(Target, found)),
  ]);
};

const parse = (json: string): Report => {
  try {
    return JSON.parse(json) as Report;
  } catch (error) {
    throw new NotScanned("Trivy's report is not whole.", "Run the same command again.", error);
  }
};

const refuseUnscanned = ({ SchemaVersion, Metadata, Results = [] }: Report): void => {
  if (SchemaVersion !== 2) {
    throw new NotScanned(
      `Trivy's report has schema version ${SchemaVersion ?? "none"}, and only 2 can be read.`,
      "Use the version of Trivy that docs/images.md names.",
    );
  }
  for (const [name, title] of Object.entries(classes)) {
    if (Results.some((result) => result.Class === name && (result.Packages ?? []).length > 0)) continue;
    throw new NotScanned(
      `Trivy found no package of the ${title}, so it cannot have looked at them.`,
      "See that the base image has a package database, then run the same command again.",
    );
  }
  if (Metadata?.OS?.EOSL === true) {
    throw new NotScanned(
      `${Metadata.OS.Family} ${Metadata.OS.Name} is no longer supported, so new vulnerabilities in it are not recorded.`,
      "Move the Dockerfile to a newer base image.",
    );
  }
};

/** A severity that is not known to be harmless stops. */
const stops = ({ Severity }: { Severity: string }): boolean => !tolerated.includes(Severity);

const vulnerability = (found: Vulnerability): Finding => {
  const fix = found.FixedVersion ? `fixed in ${found.FixedVersion}` : "no fix yet";
  const title = found.Title ? `: ${found.Title}` : "";
  return {
    id: found.VulnerabilityID,
    package: found.PkgName,
    severity: found.Severity,
    text: `${found.VulnerabilityID} in ${found.PkgName} ${found.InstalledVersion}, ${fix}${title}`,
  };
};

const secret = (file: string, found: Secret): Finding => ({
  id: found.RuleID,
  package: file,
  severity: found.Severity,
  text: `${found.RuleID} in ${file}, line ${found.StartLine}: ${found.Title}`,
});
