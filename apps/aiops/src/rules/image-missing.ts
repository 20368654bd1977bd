import { containersOf, firstOfEach } from "../containers.ts";
import { finding } from "../finding.ts";
import type { Finding } from "../finding.ts";
import { display } from "../snapshot.ts";
import type { Snapshot } from "../snapshot.ts";

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
