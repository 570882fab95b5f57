package cloud

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/vpc"
)

// service is an AWS service that answers at names of its own.
type service struct {
	// name is the part of the endpoint service's name after the Region.
	name string
	// signing is the name in the scope of signatures.
	signing string
	// plain services answer on port 80 as well.
	plain bool
	// style is how errors are written.
	style style
	// plan reads a request: what it does to what, and how. It makes no change.
	plan func(*Cloud, *request) (*operation, error)
}

// catalogue are the Region's services. The addresses are made up, in blocks of
// AWS's (docs.aws.amazon.com/vpc/latest/userguide/aws-ip-ranges.html), those of
// S3 and DynamoDB inside their prefix lists.
var catalogue = []struct {
	service
	host       string // before ".REGION.amazonaws.com"; default: name
	addresses  []string
	prefixList string // id
	prefixes   []string
}{
	{service: service{name: "s3", signing: "s3", plain: true, style: s3Style, plan: planS3}, addresses: []string{"52.219.60.1", "52.219.60.33"}, prefixList: "pl-78a54011", prefixes: []string{"52.219.56.0/22", "52.219.60.0/23", "3.5.140.0/22"}},
	{service: service{name: "dynamodb", signing: "dynamodb", plain: true, style: jsonStyle, plan: planNothing}, addresses: []string{"52.94.9.80"}, prefixList: "pl-48a54021", prefixes: []string{"52.94.8.0/23"}},
	{service: service{name: "cloudformation", signing: "cloudformation", style: queryStyle, plan: planCloudFormation}, addresses: []string{"52.95.193.132"}},
	{service: service{name: "ec2", signing: "ec2", plain: true, style: ec2Style, plan: planEC2}, addresses: []string{"52.95.193.100"}},
	{service: service{name: "elasticloadbalancing", signing: "elasticloadbalancing", style: queryStyle, plan: planBalancing}, addresses: []string{"52.95.194.77"}},
	{service: service{name: "lambda", signing: "lambda", style: jsonStyle, plan: planLambda}, addresses: []string{"52.95.195.21"}},
	{service: service{name: "sts", signing: "sts", style: queryStyle, plan: planSTS}, addresses: []string{"52.95.192.65"}},
	{service: service{name: "logs", signing: "logs", style: jsonStyle, plan: planNothing}, addresses: []string{"52.95.196.14"}},
	{service: service{name: "monitoring", signing: "monitoring", style: queryStyle, plan: planNothing}, addresses: []string{"52.95.196.90"}},
	{service: service{name: "ssm", signing: "ssm", style: jsonStyle, plan: planNothing}, addresses: []string{"52.95.197.8"}},
	{service: service{name: "secretsmanager", signing: "secretsmanager", style: jsonStyle, plan: planNothing}, addresses: []string{"52.95.197.50"}},
	{service: service{name: "kms", signing: "kms", style: jsonStyle, plan: planNothing}, addresses: []string{"52.95.198.3"}},
	{service: service{name: "sqs", signing: "sqs", style: jsonStyle, plan: planNothing}, addresses: []string{"52.95.198.70"}},
	{service: service{name: "sns", signing: "sns", style: queryStyle, plan: planNothing}, addresses: []string{"52.95.199.40"}},
}

// webHosts are on the internet and no part of AWS.
var webHosts = []struct {
	names     []string
	addresses []string
}{
	{[]string{"www.example.com", "example.com"}, []string{"93.184.215.14"}},
	{[]string{"www.example.org", "example.org"}, []string{"93.184.216.34"}},
}

// planNothing is for services of which only the name exists.
func planNothing(_ *Cloud, r *request) (*operation, error) {
	return nil, awserr.WithStatus(http.StatusNotImplemented, "NotImplemented", "the lab has no calls of %s", r.service.name)
}

// serveAll registers every service and web host and begins to serve them.
func (c *Cloud) serveAll() error {
	for _, entry := range catalogue {
		s := entry.service
		host := entry.host
		if host == "" {
			host = s.name
		}
		host += "." + c.scope.Region + ".amazonaws.com"
		names := []string{host}
		if s.name == "s3" {
			names = append(names, "*."+host)
		}
		config := vpc.ServiceConfig{
			Name: "com.amazonaws." + c.scope.Region + "." + s.name, DefaultNames: names, Interface: true,
		}
		var err error
		if config.Addrs, err = parseAddrs(entry.addresses); err != nil {
			return err
		}
		if entry.prefixList != "" {
			config.PrefixList = &vpc.PrefixList{ID: entry.prefixList, Name: config.Name}
			for _, p := range entry.prefixes {
				prefix, err := netip.ParsePrefix(p)
				if err != nil {
					return fmt.Errorf("service %s: %w", s.name, err)
				}
				config.PrefixList.Entries = append(config.PrefixList.Entries, prefix)
			}
		}
		at, err := c.network.RegisterService(config)
		if err != nil {
			return fmt.Errorf("service %s: %w", s.name, err)
		}
		// The endpoints' own names, and names below these.
		own := "." + s.name + "." + c.scope.Region + ".vpce.amazonaws.com"
		if err := c.serve(at, c.handler(s), s.plain, append(names, "*"+own)...); err != nil {
			return fmt.Errorf("service %s: %w", s.name, err)
		}
	}
	for _, w := range webHosts {
		addresses, err := parseAddrs(w.addresses)
		if err != nil {
			return err
		}
		at, err := c.network.PublicHost(w.names[0], addresses...)
		if err != nil {
			return fmt.Errorf("host %s: %w", w.names[0], err)
		}
		for _, name := range w.names {
			if err := c.network.PublishName(name, addresses...); err != nil {
				return fmt.Errorf("host %s: %w", name, err)
			}
		}
		page := http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(out, w.names[0]+"\n")
		})
		if err := c.serve(at, page, true, w.names...); err != nil {
			return fmt.Errorf("host %s: %w", w.names[0], err)
		}
	}
	return nil
}

func parseAddrs(texts []string) ([]netip.Addr, error) {
	out := make([]netip.Addr, len(texts))
	for i, text := range texts {
		var err error
		if out[i], err = netip.ParseAddr(text); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// pathKey is where a connection's path is kept in its requests' contexts.
type pathKey struct{}

// serve answers at port 443, and at port 80 if plain, with a certificate for
// names.
func (c *Cloud) serve(at *vpc.Host, handler http.Handler, plain bool, names ...string) error {
	certificate, err := c.authority.issue(c.clock.Now(), names...)
	if err != nil {
		return err
	}
	listener, err := at.Listen(443)
	if err != nil {
		return err
	}
	listeners := []net.Listener{tls.NewListener(listener, &tls.Config{
		Certificates: []tls.Certificate{*certificate},
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"http/1.1"},
	})}
	if plain {
		listener, err := at.Listen(80)
		if err != nil {
			return errors.Join(err, listeners[0].Close())
		}
		listeners = append(listeners, listener)
	}
	server := &http.Server{
		Handler: handler,
		// The network knows by which path the connection came.
		ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
			return context.WithValue(ctx, pathKey{}, c.network.Path(conn.RemoteAddr()))
		},
		// Clients that give up a handshake are part of what is measured.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	c.servers = append(c.servers, server)
	for _, l := range listeners {
		c.serving.Add(1)
		go func() {
			defer c.serving.Done()
			_ = server.Serve(l) // ends with Close
		}()
	}
	return nil
}

// bareHost is the host that a request is for, without its port, in small letters.
func bareHost(r *http.Request) string {
	host := strings.ToLower(r.Host)
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.TrimSuffix(host, ".")
}
