import { existsSync } from "node:fs";
import { cp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { toolEnvironment } from "../../../machine/tool-environment.ts";
import { fillInPlace } from "../../../machine/in-place.ts";
import { isOutOfReach, readMachine } from "../../../machine/machine.ts";
import { run } from "../../../machine/run.ts";
import type { Step } from "../../../machine/step.ts";
import { versions } from "../../../versions.ts";
import { goBinary, goBinaryStep } from "../go/binaries.ts";
import { type DebianRoot, hookFolder, makeRoot, rootHash } from "./debian-root.ts";
import { imageFolder } from "./folders.ts";
import { hashOf, hashOfFiles } from "./hash.ts";
import { buildEnvironment, hostCertificates } from "./host-network.ts";

type Report = (line: string) => void;

/** An image that is made from Debian packages and put into the cluster's node under the name of an official one. */
export interface BaseImage {
  /** The name that Dockerfiles and manifests use. */
  reference: string;
  root: DebianRoot;
  /** The executable from Go modules that is put into it. */
  program?: string;
  /**
   * Finds what the root's hook needs, as variables of its environment.
   * @param folder for files that are made for it.
   */
  prepare?: (folder: string, report: Report) => Promise<NodeJS.ProcessEnv>;
  /** Instructions as in a Dockerfile. */
  settings: string[];
}

const common = ["busybox", "base-files", "base-passwd", "ca-certificates"];
const searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const nodePackages = join(hookFolder, "nodejs-packages");
const packageRecords = join(hookFolder, "package-records.sh");

const smallRoot = (name: string, packages: string[], ...inputs: unknown[]): DebianRoot => ({
  name,
  suites: ["trixie"],
  kind: "small",
  packages: [...common, ...packages],
  inputs: [...inputs, hashOf(hostCertificates())],
});

const standIn = (reference: string): string[] => [
  `LABEL org.opencontainers.image.title="${reference}"`,
  `LABEL org.opencontainers.image.description="Stand-in for ${reference}, made from Debian packages"`,
];

const variables = (values: Record<string, string>): string[] =>
  Object.entries(values).map(([name, value]) => `ENV ${name}="${value}"`);

/**
 * Every image that is made from Debian packages, but for the node's own. Those of Docker Hub are pulled where that can
 * be reached, although the others are made.
 */
export const baseImages = (machine = readMachine()): BaseImage[] => {
  const all = [python(), nodejs(), postgres(), kubeProxy(), kubeRouter()];
  if (isOutOfReach("https://registry-1.docker.io", machine)) return all;
  return all.filter(({ reference }) => reference.startsWith("registry.k8s.io/"));
};

const python = (): BaseImage => ({
  reference: "python:3.13.9-slim-trixie",
  // The C++ runtime is in the official image too; wheels of compiled packages expect it.
  root: smallRoot(
    "python",
    ["python3.13", "python3.13-venv", "python3-pip-whl", "libstdc++6", "libgcc-s1"],
    hashOfFiles(packageRecords),
  ),
  settings: [
    ...variables({ PATH: searchPath, LANG: "C.UTF-8", ...buildEnvironment() }),
    'CMD ["python3"]',
    ...standIn("python:3.13.9-slim-trixie"),
  ],
});

const nodejs = (): BaseImage => ({
  reference: "node:24.21.0-alpine",
  root: smallRoot(
    "nodejs",
    ["libc6", "libstdc++6", "libgcc-s1"],
    hashOfFiles(nodePackages),
    hashOfFiles(packageRecords),
  ),
  prepare: installNodePackages,
  settings: [
    ...variables({ PATH: searchPath, NODE_VERSION: "24.21.0", ...buildEnvironment() }),
    'CMD ["node"]',
    ...standIn("node:24.21.0-alpine"),
  ],
});

/** Node.js' own Linux build and npm are on npm; the lock file says which, and npm checks it. */
const installNodePackages = async (folder: string, report: Report): Promise<NodeJS.ProcessEnv> => {
  await cp(nodePackages, folder, { recursive: true });
  const options = { cwd: folder, env: toolEnvironment(process.env, "npm"), report };
  await run(
    "download Node.js for its base image",
    "npm",
    ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
    options,
  );
  return { NODE_PACKAGES: join(folder, "node_modules") };
};

const postgres = (): BaseImage => ({
  reference: "postgres:17.6-trixie",
  root: smallRoot("postgres", ["postgresql-17"], hashOfFiles(join(hookFolder, "postgres-entrypoint.sh"))),
  settings: [
    ...variables({
      PATH: `${searchPath}:/usr/lib/postgresql/17/bin`,
      LANG: "C.UTF-8",
      PGDATA: "/var/lib/postgresql/data",
    }),
    'VOLUME ["/var/lib/postgresql/data"]',
    // Ends the sessions and stops, instead of waiting for them.
    "STOPSIGNAL SIGINT",
    "EXPOSE 5432",
    'ENTRYPOINT ["docker-entrypoint.sh"]',
    'CMD ["postgres"]',
    ...standIn("postgres:17.6-trixie"),
  ],
});

const kubeProxy = (): BaseImage => ({
  reference: `registry.k8s.io/kube-proxy:v${versions.kubernetes}`,
  root: packetRoot("kube-proxy", versions.kubernetes),
  program: "kube-proxy",
  prepare: () => Promise.resolve({ KUBE_PROXY: goBinary("kube-proxy") }),
  settings: variables({ PATH: searchPath }),
});

/** What `provider/cluster/kubernetes/kube-router.yaml` runs. */
const kubeRouter = (): BaseImage => ({
  reference: `docker.io/cloudnativelabs/kube-router:v${versions["kube-router"]}`,
  root: packetRoot("kube-router", versions["kube-router"]),
  program: "kube-router",
  prepare: () => Promise.resolve({ KUBE_ROUTER: goBinary("kube-router") }),
  settings: [...variables({ PATH: searchPath }), 'ENTRYPOINT ["/usr/local/bin/kube-router"]'],
});

const packetRoot = (name: string, version: string): DebianRoot =>
  smallRoot(name, ["iptables", "ipset", "conntrack", "kmod"], version, hashOfFiles(join(hookFolder, "iptables.sh")));

const folderOf = ({ root }: BaseImage): string => join(imageFolder, `${root.name}-${rootHash(root)}`);

/** The archive of an image's root file system. */
export const archiveOf = (image: BaseImage): string => join(folderOf(image), "root.tar");

/** The step that makes an image's root file system. */
export const baseImageStep = (image: BaseImage): Step => ({
  title: `image ${image.reference}, from Debian packages`,
  ...(image.program === undefined ? {} : { needs: [goBinaryStep(image.program)] }),
  isDone: () => Promise.resolve(existsSync(archiveOf(image))),
  run: async (report) => {
    await fillInPlace(folderOf(image), async (draft) => {
      const certificates = join(draft, "certificates.pem");
      await writeFile(certificates, hostCertificates());
      const variables = { CERTIFICATES: certificates, ...(await image.prepare?.(draft, report)) };
      await makeRoot(image.root, join(draft, "root.tar"), variables, report);
      await removeAllBut(draft, "root.tar");
    });
  },
});

const removeAllBut = async (folder: string, kept: string): Promise<void> => {
  const others = (await readdir(folder)).filter((name) => name !== kept);
  await Promise.all(others.map((name) => rm(join(folder, name), { recursive: true })));
};
