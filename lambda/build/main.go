// Command build compiles the binaries of the verification's functions into a
// folder, for apps that are synthesized where there is no Go toolchain:
//
//	go run …/lambda/build DIR
//	cdk deploy -c functions=DIR
package main

import (
	"fmt"
	"os"

	"provenendpoints/internal/build"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: build DIR")
		os.Exit(2)
	}
	if err := build.Into(os.Args[1], "."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
