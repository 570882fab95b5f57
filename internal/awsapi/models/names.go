package models

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"strings"
	"sync"
)

// Named is a service of AWS's by what the SDKs call it, with the names of its operations.
type Named struct {
	// ID is the name in the SDKs, with spaces: Cognito Identity Provider.
	ID string
	// Service is the name in the command line interface and in boto3: cognito-idp.
	Service string
	// Operations are sorted.
	Operations []string
}

//go:embed names.txt.gz
var packedNames []byte

// Names returns all services that AWS publishes a model of, by Service. A line of the file is
// SERVICE, ID and OPERATION,… with tabs between.
var Names = sync.OnceValue(func() []Named {
	unpacked, err := gzip.NewReader(bytes.NewReader(packedNames))
	if err != nil { // it is embedded
		panic(fmt.Errorf("the names of the services: %w", err))
	}
	text, err := io.ReadAll(unpacked)
	if err != nil {
		panic(fmt.Errorf("the names of the services: %w", err))
	}
	var out []Named
	for line := range strings.Lines(string(text)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		out = append(out, Named{Service: f[0], ID: f[1], Operations: strings.Split(f[2], ",")})
	}
	return out
})

// Package is the name of the service's package for JavaScript, without @aws-sdk/client-:
// cognito-identity-provider.
func (n Named) Package() string {
	return strings.ReplaceAll(strings.ToLower(n.ID), " ", "-")
}

// Client is the name of the service's client for JavaScript: CognitoIdentityProvider.
func (n Named) Client() string {
	words := strings.Fields(n.ID)
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "")
}
