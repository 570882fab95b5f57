package cloud

import (
	"net/http"
	"strings"
	"testing"

	"provenendpoints/internal/lab/api/s3"
	"provenendpoints/internal/lab/api/ssm"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/vpc"
)

// The services of another Region answer on this one's internet, by their own names, to the
// roles that both have; from a subnet without a way out they are out of reach, whatever
// endpoints its own Region has.
func TestNeighbour(t *testing.T) {
	t.Parallel()
	b := newFixture(t, Faults{})
	network := vpc.New(vpc.Options{Clock: b.net.Clock(), Region: "us-east-1"})
	t.Cleanup(network.Close)
	other, err := New(Options{Network: network, PrivateLink: privatelink.New(privatelink.Options{Network: network}), Roles: b.Roles})
	b.must(err)
	t.Cleanup(func() { _ = other.Close() })
	buckets := s3.New(s3.Options{Scope: other.Scope(), Clock: network.Clock()})
	t.Cleanup(buckets.Close)
	store := ssm.New(ssm.Options{Scope: other.Scope(), Clock: network.Clock()})
	other.Handle(buckets.Service(), store.Service())
	b.must(b.Neighbour(other))
	b.must(buckets.CreateBucket("bucket"))
	store.Put(ssm.Parameter{Name: "there", Type: "String", Value: "over there"})

	role := b.role("caller", allowAll)
	const body = `{"Name":"there"}`
	sign := b.signed(role, "ssm", "us-east-1", body)
	call := func(r *http.Request) {
		sign(r)
		r.Header.Set("Content-Type", "application/x-amz-json-1.1")
		r.Header.Set("X-Amz-Target", "AmazonSSM.GetParameter")
		sign(r)
	}
	if status, answer := b.do(b.outside, "POST", "https://ssm.us-east-1.amazonaws.com/", body, call); status != 200 || !strings.Contains(answer, "over there") {
		t.Errorf("ssm: %d %s", status, answer)
	}
	for _, url := range []string{
		"https://bucket.s3.us-east-1.amazonaws.com/?list-type=2", "https://bucket.s3.amazonaws.com/?list-type=2", "https://s3.amazonaws.com/bucket?list-type=2",
	} {
		if status, body := b.do(b.outside, "GET", url, "", b.signed(role, "s3", "us-east-1", "")); status != 200 || !strings.Contains(body, "<Name>bucket</Name>") {
			t.Errorf("%s: %d %s", url, status, body)
		}
	}
	// The gateway endpoint of this Region leads to this Region's S3.
	if _, err := b.client(b.inside).Get("https://bucket.s3.us-east-1.amazonaws.com/"); err == nil {
		t.Error("another Region's S3 is in reach of a subnet without a way out")
	}
}
