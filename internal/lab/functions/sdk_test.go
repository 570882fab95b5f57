package functions_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	miekg "github.com/miekg/dns"

	"provenendpoints/internal/lab/functions"
	"provenendpoints/proof"
)

// TestStandInsForSDKs: what a stand-in hands over becomes AWS's request, and the answer
// has the names and types that the SDKs for JavaScript and Python give.
func TestStandInsForSDKs(t *testing.T) {
	t.Parallel()
	var request string
	e := atAWS(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		request = r.Method + " " + r.Host + r.URL.RequestURI() + " " + r.Header.Get("X-Amz-Target") + " " + string(body)
		switch {
		case strings.Contains(request, "Action=DescribeVpcs"):
			_, _ = io.WriteString(w, `<DescribeVpcsResponse><requestId>r</requestId><vpcSet><item><vpcId>vpc-1</vpcId><isDefault>false</isDefault><tagSet><item><key>a</key><value>b</value></item></tagSet></item></vpcSet></DescribeVpcsResponse>`)
		case strings.Contains(request, "Action=AuthorizeSecurityGroupEgress"):
			_, _ = io.WriteString(w, `<AuthorizeSecurityGroupEgressResponse><return>true</return></AuthorizeSecurityGroupEgressResponse>`)
		case strings.Contains(request, "Action=GetRole"):
			_, _ = io.WriteString(w, `<GetRoleResponse><GetRoleResult><Role><RoleName>r</RoleName><CreateDate>2026-01-02T03:04:05Z</CreateDate></Role></GetRoleResult></GetRoleResponse>`)
		case strings.Contains(request, "Logs_20140328.DescribeLogGroups"):
			_, _ = io.WriteString(w, `{"logGroups":[{"logGroupName":"g","creationTime":1700000000000}]}`)
		case strings.Contains(request, "/invocations"):
			_, _ = io.WriteString(w, `{"a":1}`)
		default:
			w.Header().Set("Content-Type", "text/xml")
			w.WriteHeader(400)
			_, _ = io.WriteString(w, `<Response><Errors><Error><Code>InvalidParameterValue</Code><Message>no</Message></Error></Errors></Response>`)
		}
	})
	for _, test := range []struct{ service, operation, input, sent, got string }{
		{
			"ec2", "DescribeVpcs", `{"VpcIds":["vpc-1"],"MaxResults":7}`, "POST ec2.ap-northeast-2.amazonaws.com/  Action=DescribeVpcs&MaxResults=7&Version=2016-11-15&VpcId.1=vpc-1",
			`{"Vpcs":[{"IsDefault":false,"Tags":[{"Key":"a","Value":"b"}],"VpcId":"vpc-1"}]}`,
		},
		{
			"ec2", "AuthorizeSecurityGroupEgress", `{"GroupId":"sg-1","IpPermissions":[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]}`,
			"GroupId=sg-1&IpPermissions.1.IpProtocol=-1&IpPermissions.1.IpRanges.1.CidrIp=0.0.0.0%2F0", `{"Return":true}`,
		},
		{"iam", "GetRole", `{"RoleName":"r"}`, "POST iam.amazonaws.com/  Action=GetRole&RoleName=r", `{"Role":{"CreateDate":{"$date":"2026-01-02T03:04:05Z"},"RoleName":"r"}}`},
		{"cloudwatch-logs", "DescribeLogGroups", `{"logGroupNamePrefix":"g"}`, `Logs_20140328.DescribeLogGroups {"logGroupNamePrefix":"g"}`, `{"logGroups":[{"creationTime":1700000000000,"logGroupName":"g"}]}`},
		{"lambda", "Invoke", `{"FunctionName":"f","Payload":"{}"}`, "POST lambda.ap-northeast-2.amazonaws.com/2015-03-31/functions/f/invocations  {}", `{"Payload":{"$bytes":"eyJhIjoxfQ=="},"StatusCode":200}`},
		{"lambda", "Invoke", `{"FunctionName":"f","Payload":{"$bytes":"e30="}}`, "invocations  {}", `"StatusCode":200`},
		{"ec2", "DescribeSubnets", `{}`, "Action=DescribeSubnets", "InvalidParameterValue: no"},
		{"ec2", "DescribeVpcs", `{"VpcId":"vpc-1"}`, "", "DescribeVpcs: has no member VpcId"},
		{"ec2", "DescribeVpcs", `{"VpcIds":"vpc-1"}`, "", "DescribeVpcs.VpcIds: must be a list, got string"},
		{"iam", "GetRole", `{}`, "", "GetRole: RoleName is required"},
		{"ec2", "MakeCoffee", `{}`, "", "EC2 has no operation MakeCoffee"},
		{"s3", "MakeCoffee", `{}`, "", "S3 has no operation MakeCoffee"},
		{"kinesis", "ListStreams", `{}`, "", "the lab has no calls of kinesis, and not ListStreams"},
	} {
		request = ""
		out, err := functions.CallSDK(e, t.Context(), test.service, test.operation, "", []byte(test.input))
		text, _ := json.Marshal(out)
		got := string(text)
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, test.got) || !strings.Contains(request, test.sent) || test.sent == "" && request != "" {
			t.Errorf("%s.%s %s\nsent %s\nwant %s\ngot  %s\nwant %s", test.service, test.operation, test.input, request, test.sent, got, test.got)
		}
	}
}

// atAWS is a function's environment in which every name leads to one server.
func atAWS(t *testing.T, handler http.HandlerFunc) functions.Environment {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		DNSNames: []string{"*.amazonaws.com", "*.ap-northeast-2.amazonaws.com"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	server.StartTLS()
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(certificate)
	resolver := serveDNS(t, func(w miekg.ResponseWriter, q *miekg.Msg) {
		m := new(miekg.Msg).SetReply(q)
		if q.Question[0].Qtype == miekg.TypeA {
			m.Answer = []miekg.RR{&miekg.A{Hdr: miekg.RR_Header{Name: q.Question[0].Name, Rrtype: miekg.TypeA, Class: miekg.ClassINET}, A: net.IPv4(192, 0, 2, 7)}}
		}
		_ = w.WriteMsg(m)
	})
	return functions.Environment{
		Region: "ap-northeast-2", Roots: roots, Clock: proof.SystemClock(),
		Network:     loopbackNetwork{resolvers: []netip.AddrPort{resolver}, web: server.Listener.Addr().String()},
		Credentials: credentials.NewStaticCredentialsProvider("AKIA", "secret", "token"),
	}
}
