// Package npm stands in for packing policies that are published to the service Pulumi Cloud.
package npm

import (
	"context"
	"errors"
	"io"
)

// AutoPackageManager would choose a package manager by what is in a folder.
const AutoPackageManager = "auto"

// Pack always fails.
func Pack(context.Context, string, string, io.Writer) ([]byte, error) {
	return nil, errors.New("this build of Pulumi publishes no policies: use the official release of Pulumi")
}
