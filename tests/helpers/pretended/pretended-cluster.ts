import { dockerScript, minikubeScript } from "../../provider/fake-machine.ts";

/**
 * The daemon in the cluster answers as long as the cluster's container is there, and builds all but what says "broken".
 */
const docker = `
alive() { [ -f "$folder/container-todo" ]; }
case "$1" in
  --version) echo "Docker version 20.10"; exit ;;
  buildx) exit 1 ;;
  version) alive; exit ;;
  build) alive && ! grep -q broken apps/*/Dockerfile; exit ;;
  image) alive && echo sha256:1; exit ;;
esac
${dockerScript}`;

const minikube = `
[ "$1" != delete ] || rm -rf "$folder/objects"
${minikubeScript}`;

/** Keeps objects by kind and name; what a namespace holds goes with it. */
const kubectl = `
[ -f "$folder/container-todo" ] || { echo "Unable to connect to the server" >&2; exit 1; }
mkdir -p "$folder/objects"
while true; do case "$1" in --kubeconfig|--context) shift 2 ;; *) break ;; esac; done
case "$1 $2" in
  "get --raw"*) echo ok ;;
  get*) cat "$folder/objects/$2-$3" 2>/dev/null || true ;;
  "delete namespace") rm -rf "$folder/objects" ;;
  delete*) rm -f "$folder/objects/$2-$3" ;;
  apply*)
    case "$(cat "$call/input")" in *'"kind":"Secret"'*) kind=secret ;; *) kind=namespace ;; esac
    name=$(sed 's/.*"name":"\\([^"]*\\)".*/\\1/' "$call/input")
    cp "$call/input" "$folder/objects/$kind-$name"
    cat "$call/input" ;;
esac`;

const helm = `
release="$folder/objects/release"
case "$1" in
  show|get) echo '{"chart":"todo","version":"0.1.0","appVersion":"1"}' ;;
  install) [ ! -f "$release" ] || { echo "cannot re-use a name that is still in use" >&2; exit 1; }; touch "$release" ;;
  uninstall) rm "$release" || { echo "release: not found" >&2; exit 1; } ;;
  status) [ -f "$release" ] && echo '{"name":"todo","namespace":"todo","version":1,"info":{"status":"deployed"}}' ;;
esac`;

/**
 * A Docker, a Minikube, a kubectl and a Helm that only pretend to have a cluster `todo`: what there is of it are files.
 */
export const pretendedCommands = { docker, minikube, kubectl, helm };
