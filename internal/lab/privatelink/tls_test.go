package privatelink_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"strings"
	"testing"

	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/elb/elbtest"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// A TLS listener takes the connections of endpoints, too.
func TestServiceOverTLS(t *testing.T) {
	t.Parallel()
	n := newWeb(t, elbtest.Options{})
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	n.Must(err)
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1)}, &x509.Certificate{SerialNumber: big.NewInt(1)}, &key.PublicKey, key)
	n.Must(err)
	n.Certificates = func([]string, string) (*tls.Certificate, error) {
		return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
	}
	n.Must(n.CreateTargetGroup(elb.TargetGroup{ID: "inside", VPC: "vpc-custom", Port: 80}))
	n.Must(n.RegisterTargets("inside", elb.Target{ID: "i-web1", Interface: "eni-web1"}))
	n.Must(n.CreateListener(elb.Listener{ID: "tls", LoadBalancer: "nlb", Port: 443, Protocol: "TLS", TargetGroup: "inside", Certificates: []string{"arn:c"}}))
	n.endpoint("vpce-1", "my", n.service(nil).Name, nil)
	client := n.AddHost("client", "my-c")
	ctx, cancel := n.Clock().WithTimeout(context.Background(), vpctest.AnswerTimeout)
	defer cancel()
	c, err := client.Dial(ctx, "tcp", vpctest.At(n.addrsOf("vpce-1", vpctest.ZoneA)[0], 443))
	n.Must(err)
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	secure := tls.Client(c, &tls.Config{ServerName: "shop.example", InsecureSkipVerify: true})
	defer secure.Close()
	line, err := bufio.NewReader(secure).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "WEB1 saw 20.0.0.") {
		t.Errorf("%q, %v", line, err)
	}
}
