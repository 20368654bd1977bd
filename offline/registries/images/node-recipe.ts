import { versions } from "../../../versions.ts";
import { type DebianRoot, rootHash } from "./debian-root.ts";
import { runcScript } from "./folders.ts";
import { hashOf, hashOfFiles } from "./hash.ts";

/** The root file system of Minikube's node. */
export const nodeRoot: DebianRoot = {
  name: "minikube-node",
  // Debian 12's systemd runs on both versions of cgroups; its Docker is too old for this Kubernetes, so that is 13's.
  suites: ["bookworm", "trixie"],
  kind: "complete",
  packages: [
    ...["systemd", "dbus", "udev", "kmod", "mount", "util-linux", "procps", "sudo", "openssh-server", "bash"],
    ...["conntrack", "iptables", "nftables", "ipset", "ebtables", "iproute2", "ethtool", "socat", "iputils-ping"],
    ...["netcat-openbsd", "containernetworking-plugins", "libseccomp2", "ca-certificates", "curl", "rsync", "pigz"],
    ...["lz4", "jq"],
  ],
  inputs: [hashOfFiles(runcScript), versions.minikube, versions["cri-dockerd"], versions.crictl],
};

/** What Docker needs to know of the image, since systemd is in it: the instructions of a Dockerfile after `FROM`. */
export const nodeSettings = [
  "ENV container=docker",
  // systemd ends on this signal alone.
  "STOPSIGNAL SIGRTMIN+3",
  "EXPOSE 22",
  'ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]',
  'LABEL org.opencontainers.image.description="Minikube node, made from Debian packages"',
];

/** The image that Minikube starts its node from, named after all that it is made from. */
export const nodeImage = (): string => `todo-stack/minikube-node:${hashOf(rootHash(nodeRoot), nodeSettings)}`;
