// Package neo stands in for the assistant of the service Pulumi Cloud.
package neo

import (
	"errors"

	"github.com/spf13/cobra"
)

// NewNeoCmd returns a command that says that it is left out.
func NewNeoCmd() *cobra.Command {
	return &cobra.Command{
		Use:    "neo",
		Short:  "Left out of this build",
		Hidden: true,
		RunE: func(*cobra.Command, []string) error {
			return errors.New("this build of Pulumi has no `pulumi neo`: use the official release of Pulumi")
		},
	}
}
