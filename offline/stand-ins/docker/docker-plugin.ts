import { compare } from "../diff.ts";
import { Daemon } from "./docker-daemon.ts";
import { imageResource } from "./docker-image.ts";
import { remoteImageResource } from "./docker-remote-image.ts";
import { servePlugin } from "../plugin.ts";
import { versionOf } from "../plugin-versions.ts";

await servePlugin((host) => {
  const daemon = new Daemon(host.cancelled);
  return {
    name: "docker",
    version: versionOf("@pulumi/docker"),
    acceptSecrets: false,
    resources: {
      "docker:index/image:Image": imageResource(daemon, host.engine),
      "docker:index/remoteImage:RemoteImage": remoteImageResource(daemon, host.engine),
    },
    configure: (settings) => daemon.connect(settings),
    diffConfig: (olds, news) => ({ changes: compare(olds, news, olds) }),
  };
});
