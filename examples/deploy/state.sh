#!/bin/sh
# Fetches the state of the stack PULUMI_STACK and its passphrase into this checkout, or keeps the state: `state.sh fetch`, `state.sh keep`.
# STATE is a folder in a bucket, PASSPHRASE the name of a parameter in the Parameter Store of AWS.
set -eu
umask 077
here=.state/.pulumi
stack="stacks/todo-stack/$PULUMI_STACK.json"
case ${1:-} in
  fetch)
    mkdir -p "$here/stacks/todo-stack"
    # Where one is missing this ends: an `up` with an empty state would make everything again.
    aws s3 cp "$STATE/$stack" "$here/$stack"
    aws s3 cp "$STATE/meta.yaml" "$here/meta.yaml"
    aws ssm get-parameter --name "$PASSPHRASE" --with-decryption --query Parameter.Value --output text > .state/passphrase
    ;;
  keep)
    aws s3 cp "$here/$stack" "$STATE/$stack"
    aws s3 cp "$here/meta.yaml" "$STATE/meta.yaml"
    ;;
  *)
    echo "state.sh: say fetch or keep" >&2
    exit 2
    ;;
esac
