// Package cloud stands in for the keys that clouds keep. The state of this stack is encrypted with a passphrase.
package cloud

import (
	"encoding/json"
	"errors"

	"github.com/pulumi/pulumi/pkg/v3/secrets"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
)

// Type is how a stack's state names this kind of secrets.
const Type = "cloud"

var errLeftOut = errors.New("this build of Pulumi cannot use keys of clouds: use a passphrase, or the official release of Pulumi")

// NewCloudSecretsManager always fails.
func NewCloudSecretsManager(_ *workspace.ProjectStack, _ string, _ bool) (secrets.Manager, error) {
	return nil, errLeftOut
}

// NewCloudSecretsManagerFromState always fails.
func NewCloudSecretsManagerFromState(json.RawMessage) (secrets.Manager, error) {
	return nil, errLeftOut
}

// EditProjectStack always fails.
func EditProjectStack(*workspace.ProjectStack, json.RawMessage) error {
	return errLeftOut
}
