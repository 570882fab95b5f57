package browser

import (
	"encoding/base64"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/console/consoletest"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/templates"
)

var (
	axeFile     = flag.String("axe", "", "axe-core, from the module's folder; empty: skip the tests in a browser")
	binary      = flag.String("browser", "", "the browser; default: the Chromium that is found")
	screenshots = flag.String("screenshots", "", "a folder for pictures of the pages; empty: none")
)

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(assembled.Main(m))
}

// browser starts the browser, or skips the test.
func browser(t *testing.T) *devtools {
	t.Helper()
	if *axeFile == "" {
		t.Skip("no axe-core is given: see the package's comment")
	}
	name := *binary
	for _, candidate := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if name == "" {
			name, _ = exec.LookPath(candidate)
		}
	}
	if name == "" {
		t.Fatal("there is no Chromium in the PATH; -browser names one")
	}
	return open(t, name)
}

// hostile is a stack whose names are long and want to be markup.
func hostile(t testing.TB) cfn.Stack {
	long := strings.Repeat("averylongnamewithoutanyspace", 9)
	name := func(v string) []any { return []any{templates.Object{"Key": "Name", "Value": v}} }
	ref := func(id string) any { return templates.Object{"Ref": id} }
	template := templates.Template{"Description": "<script>alert(1)</script> " + long, "Resources": templates.Object{
		"Vpc":    templates.Object{"Type": "AWS::EC2::VPC", "Properties": templates.Object{"CidrBlock": "10.0.0.0/16", "Tags": name("<script>alert(1)</script>")}},
		"Subnet": templates.Object{"Type": "AWS::EC2::Subnet", "Properties": templates.Object{"VpcId": ref("Vpc"), "CidrBlock": "10.0.0.0/24", "Tags": name(long[:240])}},
		"Group":  templates.Object{"Type": "AWS::EC2::SecurityGroup", "Properties": templates.Object{"VpcId": ref("Vpc"), "GroupDescription": "none", "GroupName": long[:200]}},
		"Interface": templates.Object{"Type": "AWS::EC2::NetworkInterface", "Properties": templates.Object{
			"SubnetId": ref("Subnet"), "GroupSet": []any{ref("Group")}, "Tags": name("</title><img src=x onerror=alert(1)>")}},
		strings.Repeat("Logical", 30): templates.Object{"Type": "AWS::SNS::Topic"},
	}, "Outputs": templates.Object{"Markup": templates.Object{"Value": "\"><img src=x onerror=alert(1)>" + long, "Description": long}}}
	return assembled.Changed(t, cfn.Stack{ID: "Hostile", Name: "H" + strings.Repeat("ostile", 21), Template: []byte("{}")}, func(into templates.Template) {
		for key, value := range template {
			into[key] = value
		}
	})
}

// broken is a scenario whose endpoint is associated with the wrong route table.
func broken(t testing.TB) cfn.Stack {
	s := assembled.Changed(t, assembled.Stack(t, assembled.GatewayEndpoint), func(into templates.Template) {
		for _, r := range into["Resources"].(templates.Object) {
			if r := r.(templates.Object); r["Type"] == "AWS::EC2::VPCEndpoint" {
				r["Properties"].(templates.Object)["RouteTableIds"] = []any{templates.Object{"Ref": "NetworkPublicRouteTableA1610E6C"}}
			}
		}
	})
	s.Name = "Broken"
	return s
}

// id is an id in an address: pages that differ in nothing else are of one kind.
var id = regexp.MustCompile(`/[0-9a-f-]{36}`)

// pages are the addresses of the console, by their kind, one of each stack, found by
// following links.
func pages(d *devtools, url string) map[string][]string {
	out := map[string][]string{}
	seen := map[string]bool{}
	todo := []string{url + "/console/"}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		path, _, _ := strings.Cut(strings.TrimPrefix(at, url), "#")
		if seen[path] || strings.HasSuffix(path, ".svg") {
			continue
		}
		seen[path] = true
		parts := strings.Split(id.ReplaceAllString(path, ""), "/")
		kind, _, query := strings.Cut(strings.Join(parts[min(5, len(parts)):], "/"), "?")
		if first, _, item := strings.Cut(kind, "/"); item {
			kind = first + "/item"
		}
		if query {
			kind += "?"
		}
		if path == "/console/" {
			kind = "overview"
		} else if strings.HasPrefix(path, "/console/monitoring/") {
			kind = "monitoring"
		}
		stack := strings.Join(parts[:min(5, len(parts))], "/") // of a page about a stack
		if slices.ContainsFunc(out[kind], func(other string) bool { return strings.HasPrefix(other, url+stack+"/") }) {
			continue // its links are those of the others
		}
		out[kind] = append(out[kind], at)
		if complaints := d.visit(at); len(complaints) > 0 {
			d.t.Errorf("%s: %s", path, complaints)
		}
		var links []string
		d.evaluate(`[...document.querySelectorAll("a")].map(a => a.href.baseVal ?? a.href).map(h => new URL(h, location).href)`, &links)
		for _, l := range links {
			if strings.HasPrefix(l, url+"/console/") {
				todo = append(todo, l)
			}
		}
	}
	return out
}

// problem is what axe finds.
type problem struct {
	ID, Impact, Help string
	Nodes            []struct {
		HTML           string
		FailureSummary string
	}
}

// Every kind of page loads without a complaint of the browser, has no accessibility problem
// that axe knows, in light and dark, and no text outside of its box, and fits a narrow
// screen.
func TestConsole(t *testing.T) {
	d := browser(t)
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatal(err)
	}
	axe, err := os.ReadFile(filepath.Join(filepath.Dir(strings.TrimSpace(string(root))), *axeFile))
	if err != nil {
		t.Fatal(err)
	}
	c := consoletest.New(t)
	c.Deployed(t, assembled.Scheduled(t, assembled.GatewayEndpoint, 15*time.Minute), assembled.Stack(t, assembled.InterfaceEndpoint), broken(t), hostile(t))
	c.Live(t, time.Hour)
	// The checks find what they are there to find.
	d.visit(c.URL + "/console/")
	d.evaluate(string(axe)+`;document.querySelector("main").insertAdjacentHTML("beforeend", "<img src='data:,'><button></button><canvas width='3000'></canvas>"); 0`, nil)
	var overflow int
	d.evaluate(tooWide, &overflow)
	if n := len(d.problems()); n < 2 || overflow <= 0 {
		t.Errorf("of a page with two problems %d are found, and it is %d pixels too wide", n, overflow)
	}
	if complaints := d.visit("about:blank"); len(complaints) > 0 {
		t.Logf("of what was put into the page: %d", len(complaints))
	}
	found := pages(d, c.URL)
	found["shell"] = []string{c.URL + "/console/instances/ap-northeast-2/" + c.Instances()[0]}
	for _, kind := range []string{"overview", "monitoring", "", "network", "network?", "events", "resources", "resources/item", "outputs", "parameters", "template", "logs", "logs/item"} {
		if len(found[kind]) == 0 {
			t.Errorf("there is no page %q", kind)
		}
	}
	for kind, all := range found {
		for i, at := range all {
			for _, scheme := range []string{"light", "dark"} {
				d.do("Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]string{"name": "prefers-color-scheme", "value": scheme}}}, nil)
				d.wide(1280)
				d.visit(at)
				d.evaluate(string(axe)+";0", nil)
				for _, p := range d.problems() {
					t.Errorf("%s (%s): %s: %s: %.300s\n%.300s", at, scheme, p.ID, p.Help, p.Nodes[0].HTML, p.Nodes[0].FailureSummary)
				}
				d.shoot(fmt.Sprintf("%s-%d-%s", strings.NewReplacer("/", "-", "?", "-claim").Replace("page-"+kind), i, scheme))
			}
			var outside []string
			d.evaluate(textsOutside, &outside)
			for _, text := range outside {
				t.Errorf("%s: %s", at, text)
			}
			for _, wide := range []int{1280, 400} {
				d.wide(wide)
				if d.evaluate(tooWide, &overflow); overflow > 0 {
					t.Errorf("%s: at a width of %d it is %d pixels too wide", at, wide, overflow)
				}
			}
		}
	}
}

// problems are those that axe finds in the page.
func (d *devtools) problems() (out []problem) {
	d.t.Helper()
	d.evaluate(`axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v => ({ID: v.id, Impact: v.impact, Help: v.help, Nodes: v.nodes.map(n => ({HTML: n.html, FailureSummary: n.failureSummary}))})))`, &out)
	return out
}

// textsOutside finds texts of a picture that are wider than their box or cover another text.
const textsOutside = `(() => {
	const out = [], svg = document.querySelector("svg.pic");
	if (!svg) return out;
	const all = [...svg.querySelectorAll("text")].filter(t => !t.closest(".claim")).map(t => [t, t.getBBox()]);
	const whole = svg.viewBox.baseVal;
	for (const [t, b] of all) {
		const name = t.lastChild.textContent;
		if (b.x < 0 || b.x + b.width > whole.width + 1) out.push("outside of the picture: " + name);
		const box = t.parentNode.querySelector(":scope > title") && t.parentNode.querySelector(":scope > rect.box");
		if (box && t.parentNode !== svg) {
			const r = box.getBBox();
			if (b.x < r.x || b.x + b.width > r.x + r.width + 1) out.push("wider than its box: " + name);
		}
		for (const [other, o] of all) {
			if (other === t || t.classList.contains("on-pill") || other.classList.contains("on-pill")) continue;
			const w = Math.min(b.x + b.width, o.x + o.width) - Math.max(b.x, o.x), h = Math.min(b.y + b.height, o.y + o.height) - Math.max(b.y, o.y);
			if (w > 2 && h > 4) out.push("covers another text: " + name + " / " + other.lastChild.textContent);
		}
	}
	return out;
})()`

// tooWide is how much wider a page is than the window.
const tooWide = `document.documentElement.scrollWidth - document.documentElement.clientWidth`

// wide gives the page a width.
func (d *devtools) wide(width int) {
	d.do("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false}, nil)
}

// shoot keeps what the page looks like, where it is asked for.
func (d *devtools) shoot(name string) {
	if *screenshots == "" {
		return
	}
	var out struct{ Data string }
	d.do("Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": true}, &out)
	data, err := base64.StdEncoding.DecodeString(out.Data)
	if err == nil {
		err = os.WriteFile(filepath.Join(*screenshots, name+".png"), data, 0o644)
	}
	if err != nil {
		d.t.Error(err)
	}
}

// A picture singles a claim out by its fragment, without a script, and is dark where the
// reader wants it.
func TestPictureAsAFile(t *testing.T) {
	d := browser(t)
	file, err := filepath.Abs("../../docs/pictures/GatewayEndpoint.svg")
	if err != nil {
		t.Fatal(err)
	}
	d.do("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	var shown []string
	const visible = `[...document.querySelectorAll(".claim")].filter(c => getComputedStyle(c).display !== "none").map(c => c.id)`
	d.visit("file://" + file)
	if d.evaluate(visible, &shown); len(shown) != 0 {
		t.Errorf("without a fragment %q are singled out", shown)
	}
	var href, ground string
	d.evaluate(`document.querySelector("a").href.baseVal`, &href)
	d.do("Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]string{"name": "prefers-color-scheme", "value": "dark"}}}, nil)
	d.visit("about:blank")
	d.visit("file://" + file + href)
	if d.evaluate(visible, &shown); !slices.Equal(shown, []string{strings.TrimPrefix(href, "#")}) {
		t.Errorf("at %s %q are singled out", href, shown)
	}
	if d.evaluate(`getComputedStyle(document.querySelector(".ground")).fill`, &ground); ground != "rgb(20, 23, 27)" {
		t.Errorf("in the dark the ground is %s", ground)
	}
}

// The pages' size and the time to the first paint, for people to read: nothing is judged.
func TestFigures(t *testing.T) {
	d := browser(t)
	c := consoletest.New(t)
	c.Deployed(t, assembled.Stack(t, assembled.EndpointService))
	found := pages(d, c.URL)
	var kinds []string
	for kind := range found {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		d.visit("about:blank")
		d.visit(found[kind][0])
		var f struct{ Bytes, Paint float64 }
		d.evaluate(`new Promise(done => requestAnimationFrame(() => setTimeout(() => done({Bytes: performance.getEntriesByType("navigation")[0].decodedBodySize, Paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0}), 50)))`, &f)
		t.Logf("%-16s %7.0f bytes, first paint after %4.0f ms", "/"+kind, f.Bytes, f.Paint)
	}
}
