import { PolicyPack } from "@pulumi/policy";
import { noClusterWideObject } from "./no-cluster-wide-object.ts";
import { noPushedImage } from "./no-pushed-image.ts";
import { noPlainSecret } from "./no-plain-secret.ts";
import { nodePortRange } from "./node-port-range.ts";
import { restrictedPods } from "./restricted-pods.ts";

// Constructed, it answers the engine until that goes away.
new PolicyPack("todo-stack", {
  enforcementLevel: "mandatory",
  policies: [nodePortRange, noPushedImage, noClusterWideObject, restrictedPods, noPlainSecret],
});
