import assert from "node:assert/strict";
import { noEngine } from "../../../../provider/cluster/docker/docker-engine.ts";

describe("a Docker that does not answer", () => {
  const told = (user: NodeJS.ProcessEnv): string => noEngine({ missing: false, reason: "no such file" }, user).message;

  for (const [user, expected] of [
    [
      { DOCKER_CONTEXT: "colima" },
      /DOCKER_CONTEXT=colima counts.*Type: unset DOCKER_CONTEXT; docker context use colima/,
    ],
    [
      { DOCKER_HOST: "tcp://localhost:2375", DOCKER_CONTEXT: "colima" },
      /DOCKER_HOST=tcp:\/\/localhost:2375 counts.*Type: unset DOCKER_HOST, or export DOCKER_HOST=unix:\/\//,
    ],
    [{}, /start Docker until `docker info` works/],
    [{ DOCKER_HOST: "unix:///own.sock", DOCKER_CONTEXT: "colima" }, /start Docker until `docker info` works/],
    [
      { MINIKUBE_ACTIVE_DOCKERD: "todo", DOCKER_HOST: "tcp://192.0.2.7:2376" },
      /start Docker until `docker info` works/,
    ],
  ] as const) {
    it(`is told with what of the shell is ignored: ${JSON.stringify(user)}`, () => {
      assert.match(told(user), expected);
    });
  }
});
