// cri-dockerd, with a start that waits for a signal by itself. Its own start takes that from Kubernetes' API server, and with
// it a quarter of the program.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/Mirantis/cri-dockerd/cmd"
	"k8s.io/component-base/logs"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the program at once.
	context.AfterFunc(ctx, stop)
	logs.InitLogs()
	// The command prints its own error.
	err := cmd.NewDockerCRICommand(ctx.Done()).Execute()
	logs.FlushLogs()
	if err != nil {
		os.Exit(1)
	}
}
