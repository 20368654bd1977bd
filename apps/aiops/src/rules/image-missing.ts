import { containersOf, firstOfEach } from "../diagnosis/containers.ts";
import { finding } from "../diagnosis/finding.ts";
import type { Finding } from "../diagnosis/finding.ts";
import { display } from "../diagnosis/snapshot.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";

const reasons = new Set(["ErrImageNeverPull", "ErrImagePull", "ImagePullBackOff", "InvalidImageName"]);

/** A container whose image the node does not have and cannot get. */
export const imageMissing = (snapshot: Snapshot): Finding[] =>
  firstOfEach(containersOf(snapshot).filter(({ status }) => reasons.has(status.state?.waiting?.reason ?? ""))).map(
    ({ owner, podName, status, spec }) => {
      const image = spec?.image ?? status.image;
      const facts = { pod: podName, container: status.name, image, reason: status.state?.waiting?.reason ?? "" };
      return finding("image-missing", owner, `${display(owner)} wants image ${image}, which is not to be had.`, facts);
    },
  );
