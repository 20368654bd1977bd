// Package cloud stands in for the command that asks the service Pulumi Cloud by its API.
package cloud

import (
	"errors"

	"github.com/spf13/cobra"
)

// NewAPICmd returns a command that says that it is left out.
func NewAPICmd() *cobra.Command {
	return &cobra.Command{
		Use:    "api",
		Short:  "Left out of this build",
		Hidden: true,
		RunE: func(*cobra.Command, []string) error {
			return errors.New("this build of Pulumi has no `pulumi api`: use the official release of Pulumi")
		},
	}
}

// APIError is what the command would fail with. None is ever made.
type APIError struct {
	ExitCode int
	Silent   bool
}

func (*APIError) Error() string { return "" }
