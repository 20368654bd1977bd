// Package cli stands in for environments that the service Pulumi Cloud keeps. Stacks whose state is a folder cannot have them.
package cli

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/common/esc"
)

// PrepareOptions says how an environment would be shown.
type PrepareOptions struct {
	Pretend bool
	Redact  bool
}

// PrepareEnvironment always fails.
func PrepareEnvironment(*esc.Environment, *PrepareOptions) (
	files, environ, secrets []string, filesByKey map[string]string, err error,
) {
	err = errors.New("this build of Pulumi has no environments: use the official release of Pulumi")
	return
}
