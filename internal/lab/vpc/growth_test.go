package vpc_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// An HTTP exchange on a fresh connection between two hosts of a VPC.
func BenchmarkHTTP(b *testing.B) {
	net := vpctest.New(b, vpc.Faults{})
	one, two := net.AddPair()
	l, err := two.Listen(80)
	net.Must(err)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "two") })}
	go server.Serve(l)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{DialContext: one.Dial, DisableKeepAlives: true}}
	url := "http://" + two.Addr().String()
	b.ReportAllocs()
	for b.Loop() {
		res, err := client.Get(url)
		net.Must(err)
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
}

// Packets through security groups, a NAT gateway and an internet gateway, there
// and back: an echo request and its answer are two of a host's packets.
func BenchmarkPackets(b *testing.B) {
	net := vpctest.New(b, vpc.Faults{})
	net.AddVPC("1", "10.0.0.0/16")
	net.AddSubnet("1", "pub", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	_, err := net.NatGateways().Create(vpc.NatGateway{ID: "nat-1", Subnet: "subnet-pub"})
	net.Must(err)
	net.AddSubnet("1", "priv", "10.0.1.0/24", "0.0.0.0/0", "nat-1")
	web, near, far := net.AddPublicHost("web", "93.184.216.34"), net.AddHost("priv", "near", false, "sg-1-open"), net.AddHost("priv", "far", false, "sg-1-open")
	for _, to := range []struct {
		name string
		host *vpc.Host
	}{{"local", near}, {"by nat", web}} {
		echo, err := to.host.ListenPacket(7)
		net.Must(err)
		go func() {
			buf := make([]byte, 1500)
			for {
				n, from, err := echo.ReadFrom(buf)
				if err != nil {
					return
				}
				echo.WriteTo(buf[:n], from)
			}
		}()
		b.Run(to.name, func(b *testing.B) {
			c, err := far.Dial(b.Context(), "udp", fmt.Sprint(to.host.Addr(), ":7"))
			net.Must(err)
			defer c.Close()
			buf := make([]byte, 64)
			b.ReportAllocs()
			for b.Loop() {
				c.Write(buf)
				c.Read(buf)
			}
			b.ReportMetric(2*float64(b.N)/b.Elapsed().Seconds(), "packets/s")
		})
	}
}

// The bytes of one connection.
func BenchmarkThroughput(b *testing.B) {
	net := vpctest.New(b, vpc.Faults{})
	one, two := net.AddPair()
	l, err := two.Listen(80)
	net.Must(err)
	go func() {
		c, err := l.Accept()
		if err == nil {
			io.Copy(io.Discard, c)
		}
	}()
	c, err := one.Dial(b.Context(), "tcp", fmt.Sprint(two.Addr(), ":80"))
	net.Must(err)
	defer c.Close()
	buf := make([]byte, 64<<10)
	b.SetBytes(int64(len(buf)))
	for b.Loop() {
		_, err := c.Write(buf)
		net.Must(err)
	}
}

// What a host costs, with its interface, until it is gone again.
func BenchmarkHost(b *testing.B) {
	net := vpctest.New(b, vpc.Faults{})
	net.AddVPC("1", "10.0.0.0/16")
	net.AddSubnet("1", "a", "10.0.0.0/16")
	b.ReportAllocs()
	for b.Loop() {
		net.AddHost("a", "x", false).Close()
		net.Must(net.Interfaces().Delete("eni-x"))
	}
}
