package cloud

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/vpc"
)

// neighbours is where the addresses of the services of other Regions are made up, one for
// each Region, in a block of AWS's.
var neighbours = netip.MustParseAddr("54.239.0.1")

// Neighbour puts the services of another Region on this one's internet, where their public
// names resolve: CDK's references between Regions and other functions call them there. The
// two must have the same roles. No endpoint of this Region's VPCs leads to them.
func (c *Cloud) Neighbour(o *Cloud) error {
	c.reached++
	at := neighbours
	for range c.reached {
		at = at.Next()
	}
	host, err := c.network.PublicHost("services of "+o.scope.Region, at)
	if err != nil {
		return fmt.Errorf("services of %s: %w", o.scope.Region, err)
	}
	for _, name := range o.publicNames() {
		if err := c.network.PublishName(name, at); err != nil {
			return fmt.Errorf("services of %s: %w", o.scope.Region, err)
		}
	}
	listener, err := host.Listen(443)
	if err != nil {
		return fmt.Errorf("services of %s: %w", o.scope.Region, err)
	}
	c.answerOn(tls.NewListener(listener, &tls.Config{GetCertificate: c.certificateOf, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}), o.byHost())
	return nil
}

// publicNames are the names of the services that the Region has for itself, and where S3's
// are the old ones, of all Regions.
func (c *Cloud) publicNames() []string {
	var out []string
	for _, entry := range catalogue {
		if !entry.global {
			out = append(out, cmp.Or(entry.host, entry.name)+c.suffix())
		}
	}
	out = append(out, "*.s3"+c.suffix())
	if c.scope.Region == "us-east-1" {
		out = append(out, oldS3Names...)
	}
	return out
}

func (c *Cloud) suffix() string { return "." + c.scope.Region + ".amazonaws.com" }

// oldS3Names are S3's names without a Region, which lead to us-east-1
// (docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html).
var oldS3Names = []string{"s3.amazonaws.com", "*.s3.amazonaws.com"}

// byHost answers for all services of the Region by the names that requests are for.
func (c *Cloud) byHost() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		service, ok := c.routes.get(c.serviceOf(hr.Host))
		if !ok {
			refuseOther(w, hr)
			return
		}
		x := &exchange{Request: &api.Request{Request: hr, ID: c.calls.requestID()}, service: service}
		path, _ := hr.Context().Value(pathKey{}).(vpc.Path)
		x.path = vpc.Path{Source: path.Source}
		c.serveExchange(w, x)
	})
}

// serviceOf is the name of the service at a host's name; "" if there is none.
func (c *Cloud) serviceOf(host string) string {
	host, _, _ = strings.Cut(strings.ToLower(host), ":")
	front, ok := strings.CutSuffix(host, c.suffix())
	if !ok && c.scope.Region == "us-east-1" {
		front, ok = strings.CutSuffix(host, ".amazonaws.com")
	}
	if ok && strings.HasSuffix(front, ".s3") {
		return "s3"
	}
	for _, entry := range catalogue {
		if ok && !entry.global && cmp.Or(entry.host, entry.name) == front {
			return entry.name
		}
	}
	return ""
}
