package labtest_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"provenendpoints/labtest"
)

// run runs an example and prints what it printed, without what differs from run to run.
func run(test func(t testing.TB)) {
	text, failed := record(test)
	fmt.Print(regexp.MustCompile(`\b([a-z]+)-[0-9a-f]{17}\b`).ReplaceAllString(text, "$1-…"))
	fmt.Println(map[bool]string{true: "failed", false: "passed"}[failed])
}

func TestPlacesCallAWS(t *testing.T) {
	t.Parallel()
	lab := labtest.Deploy(t, "testdata/web")
	bucket := lab.Stack("Web").Outputs()["BucketName"]
	for _, test := range []struct {
		name string
		from *labtest.Place
		want string // error code; empty: it is allowed; -: it does not get there
	}{
		{"instance by its profile", lab.Instance("Web"), ""},
		{"an administrator through the endpoint", lab.Subnet("Private"), ""},
		{"a role by its logical id", lab.Subnet("Private").As("WebRole"), ""},
		{"no way", lab.Subnet("Isolated"), "-"},
	} {
		client := s3.NewFromConfig(test.from.AWS())
		_, err := client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &bucket})
		if got := code(err); got != test.want {
			t.Errorf("%s: %q (%v), want %q", test.name, got, err, test.want)
		}
	}
	// The role may list the one bucket and no more.
	_, err := s3.NewFromConfig(lab.Internet().As("WebRole").AWS()).ListBuckets(t.Context(), nil)
	if got := code(err); got != "AccessDenied" {
		t.Errorf("list all buckets: %v", err)
	}
	lab.Destroy() // the administrator's role goes too
}

// code is the error code of an answer; - if there was none.
func code(err error) string {
	if err == nil {
		return ""
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode()
	}
	return "-"
}

func TestPlacesDialAndResolve(t *testing.T) {
	t.Parallel()
	lab := labtest.Deploy(t, "testdata/web")
	conn, err := lab.Subnet("Public").Dial(t.Context(), "tcp", "Web:80")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("GET / HTTP/1.0\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || !strings.Contains(line, "200") {
		t.Errorf("%q, %v", line, err)
	}
	if _, err := lab.Subnet("Private").Dial(t.Context(), "tcp", "example.com:443"); !errors.Is(err, os.ErrDeadlineExceeded) && !isTimeout(err) {
		t.Errorf("dial without a route: %v", err)
	}
	addrs, err := lab.Instance("Web").Resolve("example.com")
	if err != nil || len(addrs) != 1 || addrs[0] != netip.MustParseAddr("93.184.215.14") {
		t.Errorf("%v, %v", addrs, err)
	}
	for url, want := range map[string]string{"https://example.com": "www.example.com", "http://" + lab.Stack("").Outputs()["PublicAddress"]: "hello"} {
		if answer, err := lab.Internet().Get(url); err != nil || answer.Status != 200 || strings.TrimSpace(answer.Body) != want {
			t.Errorf("%s: %+v, %v", url, answer, err)
		}
	}
	if _, err := lab.Internet().Get("http://Db:5432"); err == nil || !strings.Contains(err.Error(), "instance Db has no public address") {
		t.Errorf("get from where nobody can: %v", err)
	}
	if _, err := lab.Internet().Resolve("no.such.name"); err == nil {
		t.Error("a name that nobody has resolves")
	}
}

func isTimeout(err error) bool {
	e, ok := errors.AsType[net.Error](err)
	return ok && e.Timeout()
}

func TestStacksAreRead(t *testing.T) {
	t.Parallel()
	lab := labtest.Deploy(t, "testdata/web", labtest.Region("eu-west-1"), labtest.Account("111122223333"), labtest.Seed(7), labtest.Stacks("Web"))
	s := lab.Stack("Web")
	if s.Status() != "CREATE_COMPLETE" || !strings.Contains(s.Console("Web"), "serving") || !strings.HasPrefix(s.PhysicalIDs()["Vpc"], "vpc-") {
		t.Errorf("status %s, console %q, ids %v", s.Status(), s.Console("Web"), s.PhysicalIDs())
	}
	events := s.Events()
	if first, last := events[0], events[len(events)-1]; first.Status != "CREATE_IN_PROGRESS" || last.LogicalID != "Web" || last.Status != "CREATE_COMPLETE" {
		t.Errorf("events from %+v to %+v", first, last)
	}
	lab.Subnet("Private").Reaches("s3.eu-west-1.amazonaws.com:443")
	if v := s.Verdicts(); v != nil {
		t.Errorf("verdicts of a stack without a verification: %v", v)
	}
}

// While nobody waits for the lab, its time stands still, however long the test takes.
func TestTimeStandsStill(t *testing.T) {
	t.Parallel()
	lab := labtest.Deploy(t, "testdata/web")
	other := labtest.Deploy(t, "testdata/web")
	before := lastEvent(lab)
	other.Internet().DoesNotReach("Db:5432")
	lab.Update("testdata/closed")
	after := lab.Stack("").Events()
	for _, e := range after {
		if e.Time.After(before) {
			if gap := e.Time.Sub(before); gap > time.Hour {
				t.Errorf("%s passed between two calls", gap)
			}
			break
		}
	}
}

func lastEvent(lab *labtest.Lab) time.Time {
	events := lab.Stack("").Events()
	return events[len(events)-1].Time
}

func TestFailuresAreFailures(t *testing.T) {
	t.Parallel()
	const web = "testdata/web"
	broken := edited(t, `"AWS::EC2::NetworkAcl"`, `"AWS::Nobody::Knows"`)
	failing := edited(t, `"CidrBlock": "10.0.2.0/24"`, `"CidrBlock": "10.9.0.0/24"`)
	failed := edited(t, `echo serving`, `exit 3`)
	for name, test := range map[string]struct {
		do   func(t testing.TB)
		want string // in what is printed; empty: it passes
	}{
		"deploys":              {func(t testing.TB) { labtest.Deploy(t, web) }, ""},
		"refused":              {func(t testing.TB) { labtest.Deploy(t, broken) }, "resource type AWS::Nobody::Knows is not supported"},
		"refused, as it shall": {func(t testing.TB) { labtest.DeployFails(t, broken, "AWS::Nobody::Knows") }, ""},
		"fails":                {func(t testing.TB) { labtest.Deploy(t, failing) }, "Web failed at IsolatedSubnet (AWS::EC2::Subnet)"},
		"fails, as it shall": {func(t testing.TB) {
			lab := labtest.DeployFails(t, failing, "IsolatedSubnet")
			if s := lab.Stack("Web").Status(); s != "ROLLBACK_COMPLETE" {
				t.Errorf("status %s", s)
			}
			lab.Destroy()
		}, ""},
		"does not fail":         {func(t testing.TB) { labtest.DeployFails(t, web, "") }, "it deployed"},
		"another reason":        {func(t testing.TB) { labtest.DeployFails(t, failing, "Isolde") }, `the reason does not say "Isolde"`},
		"update fails":          {func(t testing.TB) { labtest.Deploy(t, web).UpdateFails(failing, "IsolatedSubnet") }, ""},
		"update":                {func(t testing.TB) { labtest.Deploy(t, web).Update(broken) }, "the update failed"},
		"user data":             {func(t testing.TB) { labtest.Deploy(t, failed, labtest.Strict()) }, "the user data of Web (i-"},
		"no assembly":           {func(t testing.TB) { labtest.Deploy(t, "nowhere") }, "nowhere/manifest.json"},
		"no such stack":         {func(t testing.TB) { labtest.Deploy(t, web, labtest.Stacks("Api")) }, `there is no stack "Api"`},
		"no such parameter":     {func(t testing.TB) { labtest.Deploy(t, web, labtest.Parameter("", "Size", "1")) }, "parameter Size"},
		"no such place":         {func(t testing.TB) { labtest.Deploy(t, web).Instance("Api") }, `there is no subnet, instance or function "instance:Api"`},
		"no such target":        {func(t testing.TB) { labtest.Deploy(t, web).Internet().Reaches("Api:80") }, `there is no subnet, instance, function, endpoint or balancer "Api"`},
		"no such service":       {func(t testing.TB) { labtest.Deploy(t, web).Connects("Api", "111122223333") }, `there is no endpoint service "Api"; there are none`},
		"no such role":          {func(t testing.TB) { labtest.Deploy(t, web).Internet().As("Nobody").AWS() }, `there is no role "Nobody"`},
		"reachable":             {func(t testing.TB) { labtest.Deploy(t, web).Internet().DoesNotReach("Web:80") }, "the internet to instance Web on tcp 80: open; want filtered"},
		"a refusal gets there":  {func(t testing.TB) { labtest.Deploy(t, web).Instance("Web").DoesNotReach("Db:5433") }, "nothing listens there on tcp 5433; want filtered"},
		"a refusal is not open": {func(t testing.TB) { labtest.Deploy(t, web).Instance("Web").Reaches("Db:5433") }, "want open"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, failed := record(test.do)
			if failed != (test.want != "") || !strings.Contains(text, test.want) {
				t.Errorf("failed: %t, printed:\n%s\nwant %q", failed, text, test.want)
			}
		})
	}
}

// edited is the sample with one text of its template replaced.
func edited(t *testing.T, old, new string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"manifest.json", "Web.template.json"} {
		text, err := os.ReadFile(filepath.Join("testdata", "web", name))
		if err != nil {
			t.Fatal(err)
		}
		if name == "Web.template.json" && !strings.Contains(string(text), old) {
			t.Fatalf("the sample does not have %s", old)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.ReplaceAll(string(text), old, new)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestMatrixIs(t *testing.T) {
	t.Parallel()
	lab := labtest.Deploy(t, "testdata/web")
	lab.MatrixIs("testdata/web.txt")
	if os.Getenv("LABTEST_UPDATE") != "" {
		return // it was written
	}
	lab.Update("testdata/closed")
	text, failed := record(func(t testing.TB) { lab.For(t).MatrixIs("testdata/web.txt") })
	if want := "the internet reaches instance Web (less: tcp 80)"; !failed || !strings.Contains(text, want) {
		t.Errorf("failed: %t, printed:\n%s\nwant %q", failed, text, want)
	}
}

// One lab serves parallel subtests.
func TestSubtests(t *testing.T) {
	t.Parallel()
	lab := labtest.Deploy(t, "testdata/web")
	t.Run("rows", func(t *testing.T) {
		for i := range 4 {
			for _, from := range []string{"Public", "Private", "Isolated"} {
				t.Run(fmt.Sprint(from, i), func(t *testing.T) {
					t.Parallel()
					lab := lab.For(t)
					if from == "Isolated" {
						lab.Subnet(from).DoesNotReach("Web:80")
						return
					}
					lab.Subnet(from).Reaches("Web:80")
					if answer, err := lab.Subnet(from).Get("http://Web/"); err != nil || answer.Status != 200 {
						t.Errorf("%+v, %v", answer, err)
					}
				})
			}
		}
	})
	lab.Destroy()
}

// app is what an awscdk.App looks like to Go.
type app struct{ dir string }

func (a app) Synth(*struct{ Force *bool }) assembly { return assembly(a) }

type assembly struct{ dir string }

func (a assembly) Directory() *string { return aws.String(a.dir) }

func TestSynth(t *testing.T) {
	t.Parallel()
	if got := labtest.Synth(app{"testdata/web"}); got != "testdata/web" {
		t.Errorf("got %s", got)
	}
}
