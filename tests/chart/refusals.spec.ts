import assert from "node:assert/strict";
import { execa } from "execa";
import { CHART, REQUIRED, refusal } from "./support/render.ts";

describe("chart: refused values", () => {
  const incomplete: [what: string, required: string[], message: RegExp][] = [
    ["no backend tag", without("backend.image"), /backend\.image\.tag is empty\. Set it to the tag of a built image/],
    [
      "no frontend tag",
      without("frontend.image"),
      /frontend\.image\.tag is empty\. Set it to the tag of a built image/,
    ],
    [
      "no Secret of the backend",
      without("secrets.backend"),
      /secrets\.backend is empty\. Set it to the name of a Secret with the keys DATABASE_URL, JWT_SECRET\./,
    ],
    [
      "no Secret of the database",
      without("secrets.postgres"),
      /secrets\.postgres is empty\. Set it to the name of a Secret with the keys POSTGRES_PASSWORD\./,
    ],
  ];
  for (const [what, required, message] of incomplete) {
    it(what, async () => {
      assert.match(await refusal({ required }), message);
    });
  }

  const wrong: [setting: string, message: RegExp][] = [
    ["backend.image.tag=latest", /backend\.image\.tag is "latest", which moves without restarting pods/],
    ["frontend.image.tag=latest", /frontend\.image\.tag is "latest"/],
    ["postgres.image.tag=latest", /postgres\.image\.tag is "latest"/],
    ["backend.replicas=0", /'\/backend\/replicas': minimum: got 0, want 1/],
    ["backend.replicas=two", /'\/backend\/replicas': got string, want integer/],
    ["backend.replica=2", /'\/backend': additional properties 'replica' not allowed/],
    ["bakcend.replicas=2", /'': additional properties 'bakcend' not allowed/],
    ["frontend.service.nodePort=80", /'\/frontend\/service\/nodePort': minimum: got 80, want 30,?000/],
    ["frontend.service.type=HostPort", /'\/frontend\/service\/type': value must be one of 'ClusterIP', 'NodePort'/],
    ["backend.config.logLevel=LOUD", /'\/backend\/config\/logLevel': value must be one of 'DEBUG', 'INFO'/],
    ["backend.config.corsOrigins={*}", /'\/backend\/config\/corsOrigins\/0': '\*' does not match pattern/],
    ["backend.config.apiVersion=v2", /'\/backend\/config\/apiVersion': value must be 'v1'/],
    ["backend.config.apiVersion=1.0", /'\/backend\/config\/apiVersion'/],
    ["backend.resources.limits.memory=512 MB", /'\/backend\/resources\/limits\/memory': '512 MB' does not match/],
    ["postgres.storage.size=big", /'\/postgres\/storage\/size': 'big' does not match pattern/],
    ["global.imagePullPolicy=Sometimes", /'\/global\/imagePullPolicy': value must be one of 'Never', 'IfNotPresent'/],
    ["ingress.annotations.count=1", /'\/ingress\/annotations\/count': got number, want string/],
    ["networkPolicy.backendEgress[0].cidr=internet", /'\/networkPolicy\/backendEgress\/0'/],
    ["secrets.JWT_SECRET=x", /'\/secrets': additional properties 'JWT_SECRET' not allowed/],
  ];
  for (const [setting, message] of wrong) {
    it(setting, async () => {
      const said = await refusal({ set: [setting] });
      assert.match(said, message);
      assert.ok(said.split("\n").length < 12, `the message fills more than a screen:\n${said}`);
    });
  }

  it("H1: helm lint finds nothing, even as strict", async () => {
    const settings = REQUIRED.map((setting) => `--set=${setting}`);
    for (const overlay of ["values.yaml", "values-dev.yaml", "values-prod.yaml"]) {
      await execa("helm", ["lint", "--strict", CHART, "--kube-version=1.34.4", `--values=${CHART}${overlay}`, ...settings]); // prettier-ignore
    }
  });
});

function without(prefix: string): string[] {
  return REQUIRED.filter((setting) => !setting.startsWith(prefix));
}
