// Package trace stands in for the commands that show traces of Pulumi itself.
package trace

import (
	"errors"

	"github.com/spf13/cobra"
)

// NewViewTraceCmd returns a command that says that it is left out.
func NewViewTraceCmd() *cobra.Command {
	return &cobra.Command{
		Use:    "view-trace",
		Short:  "Left out of this build",
		Hidden: true,
		RunE: func(*cobra.Command, []string) error {
			return errors.New("this build of Pulumi has no `pulumi view-trace`: use the official release of Pulumi")
		},
	}
}

// NewConvertTraceCmd returns a command that says that it is left out.
func NewConvertTraceCmd() *cobra.Command {
	return &cobra.Command{
		Use:    "convert-trace",
		Short:  "Left out of this build",
		Hidden: true,
		RunE: func(*cobra.Command, []string) error {
			return errors.New("this build of Pulumi has no `pulumi convert-trace`: use the official release of Pulumi")
		},
	}
}
