import { versions } from "../../../versions.ts";
import { goBinary } from "../go/binaries.ts";
import { archiveOf, type BaseImage, baseImages } from "./base-images.ts";
import { rootHash } from "./debian-root.ts";

/** An image that consists of one static program. */
interface ProgramImage {
  reference: string;
  program: string;
  settings: string[];
}

/** An image as it is put into the node: from an archive of a root file system, or from a program alone. */
export type NodeContent = { reference: string; settings: string[] } & ({ archive: string } | { program: string });

// Manifests name these programs without a folder.
const onPath = ["ENV PATH=/"];
const started = (name: string): string[] => [`ENTRYPOINT ["/${name}"]`];

/** The tags are those that Minikube asks for with this version of Kubernetes. */
const programImages = (): ProgramImage[] => [
  ...["kube-apiserver", "kube-controller-manager", "kube-scheduler"].map((name) => ({
    reference: `registry.k8s.io/${name}:v${versions.kubernetes}`,
    program: goBinary(name),
    settings: onPath,
  })),
  { reference: `registry.k8s.io/etcd:${versions.etcd}-0`, program: goBinary("etcd"), settings: onPath },
  {
    reference: `registry.k8s.io/coredns/coredns:v${versions.coredns}`,
    program: goBinary("coredns"),
    settings: started("coredns"),
  },
  { reference: "registry.k8s.io/pause:3.10.1", program: goBinary("pause"), settings: started("pause") },
  {
    reference: "gcr.io/k8s-minikube/storage-provisioner:v5",
    program: goBinary("storage-provisioner"),
    settings: started("storage-provisioner"),
  },
];

/** Every image that is in the node from the start. */
export const nodeContent = (): NodeContent[] => [
  ...programImages(),
  ...baseImages().map((image) => ({ ...image, archive: archiveOf(image) })),
];

/** What the images in the node are made from. */
export const contentInputs = (): unknown[] => [
  programImages(),
  baseImages().map((image: BaseImage) => [image.reference, image.settings, rootHash(image.root)]),
];
