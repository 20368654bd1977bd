// Package env stands in for the commands on environments that the service Pulumi Cloud keeps.
package env

import (
	"errors"

	"github.com/spf13/cobra"
)

// NewEnvCmd returns a command that says that it is left out.
func NewEnvCmd() *cobra.Command {
	return &cobra.Command{
		Use:    "env",
		Short:  "Left out of this build",
		Hidden: true,
		RunE: func(*cobra.Command, []string) error {
			return errors.New("this build of Pulumi has no `pulumi env`: use the official release of Pulumi")
		},
	}
}
