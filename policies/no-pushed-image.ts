import type { ResourceValidationPolicy } from "@pulumi/policy";
import { raw } from "./resource-properties.ts";

/** Refuses an image that would leave the cluster. */
export const noPushedImage: ResourceValidationPolicy = {
  name: "no-pushed-image",
  description: "An image stays in the cluster's Docker daemon.",
  validateResource: ({ type, props }, report) => {
    const { skipPush, imageName } = raw(props);
    if (type !== "docker:index/image:Image" || skipPush === true) return;
    report(
      `${String(imageName)} would be pushed: without skipPush, docker.Image sends what it has built to a registry, ` +
        "for everybody who reads there. Set skipPush: true.",
    );
  },
};
