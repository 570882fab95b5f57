package commands

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// curlOptions are curl's command line.
type curlOptions struct {
	url                       string
	silent, showError         bool
	failOnError, failWithBody bool
	follow, insecure          bool
	include, headOnly         bool
	outFile, writeOut         string
	method, upload            string
	data                      []byte // nil: none
	headers                   []string
	maxTime, connectTimeout   time.Duration
	retries                   int
	retryDelay, retryMaxTime  time.Duration
	retryAll, retryRefused    bool
	remoteName                bool
}

// curlFlag is one flag: its short form, whether it takes a value, and what it
// does.
type curlFlag struct {
	short string
	value bool
	set   func(p *Process, o *curlOptions, value string) error
}

func curlSwitch(short string, set func(o *curlOptions)) curlFlag {
	return curlFlag{short: short, set: func(_ *Process, o *curlOptions, _ string) error { set(o); return nil }}
}

func curlText(short string, to func(o *curlOptions) *string) curlFlag {
	return curlFlag{short: short, value: true, set: func(_ *Process, o *curlOptions, v string) error { *to(o) = v; return nil }}
}

func curlTime(short string, to func(o *curlOptions) *time.Duration) curlFlag {
	return curlFlag{short: short, value: true, set: func(_ *Process, o *curlOptions, v string) (err error) {
		n, err := strconv.ParseFloat(v, 64)
		if err != nil || n < 0 {
			return fmt.Errorf("expected a proper numerical parameter, got %q", v)
		}
		*to(o) = time.Duration(n * float64(time.Second))
		return nil
	}}
}

// curlFlags are the flags that this curl has; any other is refused by name.
// Those that set nothing ask for what it does anyway: no configuration file, no
// progress meter, IPv4, HTTP/1.1, TLS 1.2 and later, no proxy.
//
// They are not getopt's: curl knows neither --long=value nor --, and the order
// of --data flags counts.
var curlFlags = map[string]curlFlag{
	"--silent":            curlSwitch("s", func(o *curlOptions) { o.silent = true }),
	"--show-error":        curlSwitch("S", func(o *curlOptions) { o.showError = true }),
	"--fail":              curlSwitch("f", func(o *curlOptions) { o.failOnError = true }),
	"--fail-with-body":    curlSwitch("", func(o *curlOptions) { o.failOnError, o.failWithBody = true, true }),
	"--location":          curlSwitch("L", func(o *curlOptions) { o.follow = true }),
	"--insecure":          curlSwitch("k", func(o *curlOptions) { o.insecure = true }),
	"--include":           curlSwitch("i", func(o *curlOptions) { o.include = true }),
	"--head":              curlSwitch("I", func(o *curlOptions) { o.headOnly = true }),
	"--remote-name":       curlSwitch("O", func(o *curlOptions) { o.remoteName = true }),
	"--retry-all-errors":  curlSwitch("", func(o *curlOptions) { o.retryAll = true }),
	"--retry-connrefused": curlSwitch("", func(o *curlOptions) { o.retryRefused = true }),
	"--disable":           curlSwitch("q", func(*curlOptions) {}),
	"--no-buffer":         curlSwitch("N", func(*curlOptions) {}),
	"--no-progress-meter": curlSwitch("", func(*curlOptions) {}),
	"--ipv4":              curlSwitch("4", func(*curlOptions) {}),
	"--http1.1":           curlSwitch("", func(*curlOptions) {}),
	"--tlsv1.2":           curlSwitch("", func(*curlOptions) {}),
	"--noproxy":           {value: true, set: func(*Process, *curlOptions, string) error { return nil }},
	"--output":            curlText("o", func(o *curlOptions) *string { return &o.outFile }),
	"--write-out":         curlText("w", func(o *curlOptions) *string { return &o.writeOut }),
	"--request":           curlText("X", func(o *curlOptions) *string { return &o.method }),
	"--upload-file":       curlText("T", func(o *curlOptions) *string { return &o.upload }),
	"--url":               curlText("", func(o *curlOptions) *string { return &o.url }),
	"--max-time":          curlTime("m", func(o *curlOptions) *time.Duration { return &o.maxTime }),
	"--connect-timeout":   curlTime("", func(o *curlOptions) *time.Duration { return &o.connectTimeout }),
	"--retry-delay":       curlTime("", func(o *curlOptions) *time.Duration { return &o.retryDelay }),
	"--retry-max-time":    curlTime("", func(o *curlOptions) *time.Duration { return &o.retryMaxTime }),
	"--retry": {value: true, set: func(_ *Process, o *curlOptions, v string) (err error) {
		if o.retries, err = strconv.Atoi(v); err != nil {
			return fmt.Errorf("expected a proper numerical parameter, got %q", v)
		}
		return nil
	}},
	"--header": {short: "H", value: true, set: func(_ *Process, o *curlOptions, v string) error {
		o.headers = append(o.headers, v)
		return nil
	}},
	"--user-agent": {short: "A", value: true, set: func(_ *Process, o *curlOptions, v string) error {
		o.headers = append(o.headers, "User-Agent: "+v)
		return nil
	}},
	"--data":        {short: "d", value: true, set: curlData(true, true)},
	"--data-ascii":  {value: true, set: curlData(true, true)},
	"--data-binary": {value: true, set: curlData(true, false)},
	"--data-raw":    {value: true, set: curlData(false, false)},
}

// curlData adds to the body; several are joined by &. -d removes the line ends of
// a file.
func curlData(files, strip bool) func(*Process, *curlOptions, string) error {
	return func(p *Process, o *curlOptions, v string) error {
		data := []byte(v)
		if name, ok := strings.CutPrefix(v, "@"); ok && files {
			var err error
			if data, err = (&transfer{Process: p}).readInput(name); err != nil {
				return fmt.Errorf("failed to open %s", name)
			}
			if strip {
				data = []byte(strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(string(data)))
			}
		}
		if o.data != nil {
			data = append(append(o.data, '&'), data...)
		}
		o.data = append([]byte{}, data...)
		return nil
	}
}

// parseCurl reads the command line; problem is what is wrong with it, if anything.
func parseCurl(p *Process) (o curlOptions, problem string) {
	short := map[string]string{}
	for long, flag := range curlFlags {
		if flag.short != "" {
			short[flag.short] = long
		}
	}
	apply := func(name, value string, rest []string, given bool) (used int, problem string) {
		flag, ok := curlFlags[name]
		if !ok {
			return 0, fmt.Sprintf("option %s: is unknown", name)
		}
		if flag.value && !given {
			if len(rest) == 0 {
				return 0, fmt.Sprintf("option %s: requires parameter", name)
			}
			value, used = rest[0], 1
		}
		if err := flag.set(p, &o, value); err != nil {
			return 0, fmt.Sprintf("option %s: %v", name, err)
		}
		return used, ""
	}
	for i := 0; i < len(p.Args); i++ {
		arg := p.Args[i]
		switch {
		case strings.HasPrefix(arg, "--"):
			used, problem := apply(arg, "", p.Args[i+1:], false)
			if problem != "" {
				return o, problem
			}
			i += used
		case len(arg) > 1 && arg[0] == '-':
			for j := 1; j < len(arg); j++ {
				long, ok := short[arg[j:j+1]]
				if !ok {
					return o, fmt.Sprintf("option -%s: is unknown", arg[j:j+1])
				}
				// A value may stand in the same word: -m5.
				value, given := arg[j+1:], curlFlags[long].value && j+1 < len(arg)
				used, problem := apply(long, value, p.Args[i+1:], given)
				if problem != "" {
					return o, problem
				}
				i += used
				if curlFlags[long].value {
					break
				}
			}
		case o.url != "":
			return o, "only one URL is supported"
		default:
			o.url = arg
		}
	}
	if o.url == "" {
		return o, "(2) no URL specified"
	}
	if o.remoteName {
		o.outFile = o.url[strings.LastIndex(o.url, "/")+1:]
	}
	return o, ""
}
