// Package models has AWS's published models of the services that this repository calls:
// all operations, with names and types, and without documentation. They are facts about
// AWS's APIs, from the data of its SDK for Python (Apache-2.0); SOURCE names the
// version. The test writes them anew:
//
//	go test ./internal/awsapi/models -update -botocore DIR/botocore/data
//
// The Lambda functions embed none of this: what they call is cut out of it by [Cut].
package models

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"provenendpoints/internal/awsapi"
)

//go:embed *.json.gz
var files embed.FS

// Versions are the services that there are, by AWS's names, with the folders of their
// newest versions.
var Versions = map[string]string{
	"cloudformation":  "2010-05-15",
	"dynamodb":        "2012-08-10",
	"ec2":             "2016-11-15",
	"elbv2":           "2015-12-01",
	"events":          "2015-10-07",
	"iam":             "2010-05-08",
	"lambda":          "2015-03-31",
	"logs":            "2014-03-28",
	"route53":         "2013-04-01",
	"route53profiles": "2018-05-10",
	"route53resolver": "2018-04-01",
	"scheduler":       "2021-06-30",
	"secretsmanager":  "2017-10-17",
	"sns":             "2010-03-31",
	"sqs":             "2012-11-05",
	"ssm":             "2014-11-06",
	"stepfunctions":   "2016-11-23",
	"sts":             "2011-06-15",
}

var (
	mu    sync.Mutex
	known = map[string]*awsapi.Service{}
)

// Of is the model of one service. It panics if there is none.
func Of(service string) awsapi.Model {
	mu.Lock()
	defer mu.Unlock()
	if known[service] == nil {
		read, err := load(service)
		if err != nil { // it is embedded
			panic(fmt.Errorf("the model of %s: %w", service, err))
		}
		known[service] = read
	}
	return awsapi.Model{service: known[service]}
}

func load(service string) (*awsapi.Service, error) {
	packed, err := files.ReadFile(service + ".json.gz")
	if err != nil {
		return nil, err
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(unpacked)
	if err != nil {
		return nil, err
	}
	read := &awsapi.Service{}
	return read, json.Unmarshal(text, read)
}
