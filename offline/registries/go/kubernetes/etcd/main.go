// etcd, in a folder of its name: its module's own start is in one whose name Go takes for the program's.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() {
	etcdmain.Main(os.Args)
}
