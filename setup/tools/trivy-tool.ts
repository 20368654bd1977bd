import type { Platform, Tool } from "../../machine/tool-download.ts";
import { versions } from "../../versions.ts";

const version = versions.trivy;

/**
 * The checksums of the official release, kept here because releases of Trivy were replaced once, and the checksums
 * published beside them with them.
 */
const checksums: Record<`${Platform["os"]}-${Platform["arch"]}`, string> = {
  "linux-amd64": "8b4376d5d6befe5c24d503f10ff136d9e0c49f9127a4279fd110b727929a5aa9",
  "linux-arm64": "2f6bb988b553a1bbac6bdd1ce890f5e412439564e17522b88a4541b4f364fc8d",
  "darwin-amd64": "52d531452b19e7593da29366007d02a810e1e0080d02f9cf6a1afb46c35aaa93",
  "darwin-arm64": "68e543c51dcc96e1c344053a4fde9660cf602c25565d9f09dc17dd41e13b838a",
};

/** Trivy, which looks at images before they are deployed. It is in no package registry. */
export const trivy: Tool = {
  name: "trivy",
  version,
  // Releases 0.69.4 to 0.69.6 were malicious.
  accepts: ">=0.70.0 <1.0.0",
  versionArguments: ["--version"],
  release: ({ os, arch }) => {
    const system = os === "linux" ? "Linux" : "macOS";
    const name = `trivy_${version}_${system}-${arch === "amd64" ? "64bit" : "ARM64"}.tar.gz`;
    return {
      url: `https://github.com/aquasecurity/trivy/releases/download/v${version}/${name}`,
      checksums: checksums[`${os}-${arch}`],
      folder: ".",
    };
  },
  manual: "https://trivy.dev/latest/getting-started/installation/",
};
