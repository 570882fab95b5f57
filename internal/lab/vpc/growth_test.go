package vpc

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"

	"provenendpoints/internal/lab/clock"
)

// An HTTP exchange on a fresh connection between two hosts of a VPC.
func BenchmarkHTTP(b *testing.B) {
	bed := newBed(b, Faults{})
	one, two := bed.pair()
	l, err := two.Listen(80)
	bed.must(err)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "two") })}
	go server.Serve(l)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{DialContext: one.Dial, DisableKeepAlives: true}}
	url := "http://" + two.Addr().String()
	b.ReportAllocs()
	for b.Loop() {
		res, err := client.Get(url)
		bed.must(err)
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
}

// Packets through security groups, a NAT gateway and an internet gateway, there
// and back: an echo request and its answer are two of a host's packets.
func BenchmarkPackets(b *testing.B) {
	bed := newBed(b, Faults{})
	bed.vpc("1", "10.0.0.0/16")
	bed.subnet("1", "pub", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	_, err := bed.CreateNatGateway(NatGateway{ID: "nat-1", Subnet: "subnet-pub"})
	bed.must(err)
	bed.subnet("1", "priv", "10.0.1.0/24", "0.0.0.0/0", "nat-1")
	web, near, far := bed.public("web", "93.184.216.34"), bed.host("priv", "near", false, "sg-1-open"), bed.host("priv", "far", false, "sg-1-open")
	for _, to := range []struct {
		name string
		host *Host
	}{{"local", near}, {"by nat", web}} {
		echo, err := to.host.ListenPacket(7)
		bed.must(err)
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
			bed.must(err)
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
	bed := newBed(b, Faults{})
	one, two := bed.pair()
	l, err := two.Listen(80)
	bed.must(err)
	go func() {
		c, err := l.Accept()
		if err == nil {
			io.Copy(io.Discard, c)
		}
	}()
	c, err := one.Dial(b.Context(), "tcp", fmt.Sprint(two.Addr(), ":80"))
	bed.must(err)
	defer c.Close()
	buf := make([]byte, 64<<10)
	b.SetBytes(int64(len(buf)))
	for b.Loop() {
		_, err := c.Write(buf)
		bed.must(err)
	}
}

// What a host costs, with its interface, until it is gone again.
func BenchmarkHost(b *testing.B) {
	bed := newBed(b, Faults{})
	bed.vpc("1", "10.0.0.0/16")
	bed.subnet("1", "a", "10.0.0.0/16")
	b.ReportAllocs()
	for b.Loop() {
		bed.host("a", "x", false).Close()
		bed.must(bed.DeleteInterface("eni-x"))
	}
}

// A VPC with many subnets, each with a route table of its own, a gateway
// endpoint's route, a host, and one exchange with the next subnet's host and one
// with S3: the cost of a subnet must not depend on how many there are.
func BenchmarkGrowth(b *testing.B) {
	for _, subnets := range []int{2, 20, 200} {
		b.Run(fmt.Sprintf("subnets=%d", subnets), func(b *testing.B) {
			for b.Loop() {
				grow(b, subnets)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*subnets), "µs/subnet")
		})
	}
}

// grow builds such a VPC, uses it and closes it.
func grow(t testing.TB, subnets int) {
	c := clock.NewSkipping()
	defer c.Stop()
	b := &bed{t: t, Network: New(Options{Clock: c})}
	defer b.Close()
	b.s3()
	b.vpc("1", "10.0.0.0/16")
	hosts := make([]*Host, subnets)
	for i := range hosts {
		name := fmt.Sprint("s", i)
		b.subnet("1", name, fmt.Sprintf("10.0.%d.0/24", i), "0.0.0.0/0", "igw-1")
		b.gatewayEndpoint("vpce-"+name, "1", "rtb-"+name)
		hosts[i] = b.host(name, name, false, "sg-1-open")
		b.answer(hosts[i], 80, func(net.Addr) string { return name })
	}
	for i, h := range hosts {
		next := (i + 1) % subnets
		b.wants(h, fmt.Sprint(hosts[next].Addr(), ":80"), fmt.Sprint("s", next))
		b.wants(h, "52.219.60.1:443", fmt.Sprintf("vpce-s%d vpc-1 %s", i, h.Addr()))
	}
}

func TestManySubnets(t *testing.T) {
	t.Parallel()
	grow(t, 40)
}
