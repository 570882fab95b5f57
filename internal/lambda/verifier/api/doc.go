// Package api has the calls of AWS's APIs that the verifier makes: each operation with
// the parameters and the members of its answer that are used, by AWS's names. How calls
// are made is package awsapi's; what the answers mean is the verifier's.
//
// model.json is AWS's published model of these operations, cut down to these members. A
// test cuts it anew and compares; after a change here, `go test -update` writes it.
package api

import (
	_ "embed"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"

	"provenendpoints/internal/awsapi"
)

//go:embed model.json
var text []byte

var model = sync.OnceValue(func() awsapi.Model {
	m, err := awsapi.Parse(text)
	if err != nil { // it is embedded
		panic(err)
	}
	return m
})

// New makes the client that all operations are called with.
func New(config aws.Config) *awsapi.Client { return awsapi.New(config, model()) }
