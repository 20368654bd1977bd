import { existsSync, readFileSync, readdirSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** Where a certificate bundle is in every base image. */
export const bundlePath = "/etc/ssl/certs/ca-certificates.crt";

const bundleVariables = ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "PIP_CERT", "CURL_CA_BUNDLE"];

/**
 * The certificate authorities that this machine trusts, in PEM, so that builds inside the cluster reach what it
 * reaches.
 */
export const hostCertificates = (env: NodeJS.ProcessEnv = process.env): string => {
  const files = [bundlePath, ...bundleVariables.map((name) => env[name] ?? "")].filter((file) => existsSync(file));
  const unique = [...new Set(files.map((file) => realpathSync(file)))];
  return unique.map((file) => readFileSync(file, "utf8")).join("\n");
};

/**
 * Environment variables with which pip, npm and uv in a build reach the registries as they do on this machine: its own
 * certificate authorities where it has some, and its own registries where it has some. An address with a password in it
 * stays out, since it would end up in an image.
 */
export const buildEnvironment = (env: NodeJS.ProcessEnv = process.env): Record<string, string> => ({
  ...(hasOwnAuthorities(env) ? Object.fromEntries(bundleVariables.map((name) => [name, bundlePath])) : {}),
  ...without({
    PIP_INDEX_URL: env["PIP_INDEX_URL"] ?? setting(pipFiles(), /^\s*index-url\s*=\s*(\S+)/m),
    UV_DEFAULT_INDEX:
      env["UV_DEFAULT_INDEX"] ?? env["PIP_INDEX_URL"] ?? setting(pipFiles(), /^\s*index-url\s*=\s*(\S+)/m),
    NPM_CONFIG_REGISTRY: env["NPM_CONFIG_REGISTRY"] ?? setting(npmFiles(), /^\s*registry\s*=\s*(\S+)/m),
  }),
});

const hasOwnAuthorities = (env: NodeJS.ProcessEnv): boolean => {
  const added = "/usr/local/share/ca-certificates";
  return (
    bundleVariables.some((name) => (env[name] ?? "") !== "") || (existsSync(added) && readdirSync(added).length > 0)
  );
};

const pipFiles = (): string[] => [
  "/etc/pip.conf",
  join(homedir(), ".config/pip/pip.conf"),
  join(homedir(), ".pip/pip.conf"),
];

const npmFiles = (): string[] => ["/etc/npmrc", "/usr/local/etc/npmrc", join(homedir(), ".npmrc")];

/** The value in the last of the files that has one. */
const setting = (files: string[], pattern: RegExp): string | undefined =>
  files
    .filter((file) => existsSync(file))
    .map((file) => pattern.exec(readFileSync(file, "utf8"))?.[1])
    .findLast((value) => value !== undefined);

const without = (addresses: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(addresses).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && URL.canParse(entry[1]) && new URL(entry[1]).password === "",
    ),
  );
