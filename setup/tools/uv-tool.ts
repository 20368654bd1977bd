import { installUv } from "../../offline/registries/pypi/wheels.ts";
import type { Tool } from "../../machine/tool-download.ts";
import { versions } from "../../versions.ts";

const version = versions.uv;

/** uv, which runs the backend's checks. */
export const uv: Tool = {
  name: "uv",
  version,
  accepts: "^0.13.0",
  versionArguments: ["--version"],
  release: ({ os, arch }) => {
    const machine = arch === "amd64" ? "x86_64" : "aarch64";
    const target = `${machine}-${os === "linux" ? "unknown-linux-gnu" : "apple-darwin"}`;
    const url = `https://github.com/astral-sh/uv/releases/download/${version}/uv-${target}.tar.gz`;
    return { url, checksums: `${url}.sha256`, folder: `uv-${target}` };
  },
  fromRegistries: (folder, report) => installUv(folder, report),
  manual: "https://docs.astral.sh/uv/getting-started/installation/",
};
